//! The plan's terms, in the mint where wallets look for them. Nobody can change them afterwards.

use anchor_lang::{prelude::*, system_program};
use anchor_spl::token_2022_extensions::{
    spl_pod::optional_keys::OptionalNonZeroPubkey, spl_token_metadata_interface::state::Field,
    token_metadata_initialize, token_metadata_update_authority, token_metadata_update_field, TokenMetadataInitialize,
    TokenMetadataUpdateAuthority, TokenMetadataUpdateField,
};

use crate::{error::CatalogError, instructions::CreatePlan, state::seeds};

pub const MAX_NAME: usize = 32;
pub const MAX_SYMBOL: usize = 10;
pub const MAX_URI: usize = 96;

/// Keys of the additional fields.
pub const TERMS: &str = "terms";
pub const CONTRACT_HASH: &str = "contract_hash";

pub struct Texts {
    pub name: String,
    pub symbol: String,
    pub uri: String,
}

impl Texts {
    fn validate(&self) -> Result<()> {
        for (text, longest) in [(&self.name, MAX_NAME), (&self.symbol, MAX_SYMBOL), (&self.uri, MAX_URI)] {
            require!(!text.is_empty() && text.len() <= longest, CatalogError::Text);
        }
        Ok(())
    }
}

/// Writes name, symbol, URI, terms and contract hash, gives up the right to change them, and pays the rent they take.
pub fn write(accounts: &CreatePlan, texts: Texts) -> Result<()> {
    texts.validate()?;
    let plan = &accounts.plan;
    let id = plan.plan_id.to_le_bytes();
    let seeds: &[&[u8]] = &[seeds::PLAN, plan.catalog.as_ref(), &id, &[plan.bump]];
    let signer = &[seeds];
    let (program, mint) = (accounts.token_2022_program.to_account_info(), accounts.mint.to_account_info());
    let authority = plan.to_account_info();

    let initialize = TokenMetadataInitialize {
        program_id: program.clone(),
        metadata: mint.clone(),
        update_authority: authority.clone(),
        mint_authority: authority.clone(),
        mint: mint.clone(),
    };
    let cpi = CpiContext::new_with_signer(*program.key, initialize, signer);
    token_metadata_initialize(cpi, texts.name, texts.symbol, texts.uri)?;
    for (key, value) in [(TERMS, plan.terms), (CONTRACT_HASH, plan.contract_hash)] {
        let update = TokenMetadataUpdateField {
            program_id: program.clone(),
            metadata: mint.clone(),
            update_authority: authority.clone(),
        };
        let cpi = CpiContext::new_with_signer(*program.key, update, signer);
        token_metadata_update_field(cpi, Field::Key(key.to_string()), hex(&value))?;
    }
    let give_up = TokenMetadataUpdateAuthority {
        program_id: program.clone(),
        metadata: mint.clone(),
        current_authority: authority.clone(),
        new_authority: authority,
    };
    let cpi = CpiContext::new_with_signer(*program.key, give_up, signer);
    token_metadata_update_authority(cpi, OptionalNonZeroPubkey::default())?;
    pay_rent(accounts, mint)
}

/// The token program makes the account larger; its rent is due by the end of the transaction.
fn pay_rent<'info>(accounts: &CreatePlan<'info>, mint: AccountInfo<'info>) -> Result<()> {
    let needed = Rent::get()?.minimum_balance(mint.data_len());
    let missing = needed.saturating_sub(mint.lamports());
    let transfer = system_program::Transfer { from: accounts.payer.to_account_info(), to: mint };
    system_program::transfer(CpiContext::new(accounts.system_program.key(), transfer), missing)
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
