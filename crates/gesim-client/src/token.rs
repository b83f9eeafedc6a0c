//! SPL tokens: reading balances, making mints and accounts.

use anchor_spl::token_2022;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_system_interface::instruction::create_account;
use spl_associated_token_account_interface::{
    address::get_associated_token_address_with_program_id, instruction::create_associated_token_account_idempotent,
};

use crate::{
    error::{ClientError, Result},
    transport::Transport,
};

/// Address of the SPL Token program.
pub const SPL_TOKEN: Pubkey = spl_token_interface::ID;
/// Address of the Token-2022 program.
pub const TOKEN_2022: Pubkey = token_2022::ID;

/// Bytes of a token account without extensions.
const TOKEN_LEN: usize = 165;
/// Bytes of a mint without extensions.
const MINT_LEN: usize = 82;
/// With extensions, the byte behind the base says what an account is.
const KIND_MINT: u8 = 1;
const KIND_ACCOUNT: u8 = 2;

fn is_token_program(owner: &Pubkey) -> bool {
    *owner == spl_token_interface::ID || *owner == token_2022::ID
}

fn is_kind(account: &Account, len: usize, kind: u8) -> bool {
    let extended = account.data.len() > TOKEN_LEN && account.data[TOKEN_LEN] == kind;
    is_token_program(&account.owner) && (account.data.len() == len || extended)
}

fn address_at(data: &[u8], at: usize) -> Option<Pubkey> {
    Some(Pubkey::new_from_array(data.get(at..at.checked_add(32)?)?.try_into().ok()?))
}

fn integer_at(data: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(data.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Balance of a token account of either token program.
pub fn token_amount(account: &Account) -> Option<u64> {
    is_kind(account, TOKEN_LEN, KIND_ACCOUNT).then(|| integer_at(&account.data, 64))?
}

/// Mint of a token account.
pub fn token_mint(account: &Account) -> Option<Pubkey> {
    is_kind(account, TOKEN_LEN, KIND_ACCOUNT).then(|| address_at(&account.data, 0))?
}

/// A mint: what one needs to pay in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MintInfo {
    pub address: Pubkey,
    pub program: Pubkey,
    pub supply: u64,
    pub decimals: u8,
}

impl MintInfo {
    pub fn fetch(transport: &dyn Transport, address: &Pubkey) -> Result<Self> {
        let account = transport.require("mint", address)?;
        if !is_kind(&account, MINT_LEN, KIND_MINT) {
            let reason = "it is not a mint of the Token or Token-2022 program".into();
            return Err(ClientError::Malformed { what: "mint", address: *address, reason });
        }
        let supply = integer_at(&account.data, 36).unwrap_or(0);
        let decimals = account.data.get(44).copied().unwrap_or(0);
        Ok(Self { address: *address, program: account.owner, supply, decimals })
    }

    /// The associated token account of an owner.
    pub fn account(&self, owner: &Pubkey) -> Pubkey {
        associated(owner, &self.address, &self.program)
    }

    /// Makes that account unless it is there.
    pub fn create_account(&self, payer: &Pubkey, owner: &Pubkey) -> Instruction {
        create_associated_token_account_idempotent(payer, owner, &self.address, &self.program)
    }
}

pub fn associated(owner: &Pubkey, mint: &Pubkey, program: &Pubkey) -> Pubkey {
    get_associated_token_address_with_program_id(owner, mint, program)
}

/// Balance of a token account; 0 where there is none.
pub fn balance(transport: &dyn Transport, address: &Pubkey) -> Result<u64> {
    Ok(transport.account(address)?.as_ref().and_then(token_amount).unwrap_or(0))
}

/// Makes an SPL Token mint with `decimals` and no freeze authority.
pub fn create_mint(
    transport: &dyn Transport,
    payer: &Pubkey,
    mint: &Pubkey,
    authority: &Pubkey,
    decimals: u8,
) -> Result<Vec<Instruction>> {
    let program = spl_token_interface::ID;
    let lamports = transport.rent(MINT_LEN)?;
    let initialize = spl_token_interface::instruction::initialize_mint2(&program, mint, authority, None, decimals);
    Ok(vec![
        create_account(payer, mint, lamports, MINT_LEN as u64, &program),
        initialize.map_err(|e| ClientError::invalid(e.to_string()))?,
    ])
}

/// Mints to a token account of the SPL Token program.
pub fn mint_to(mint: &Pubkey, account: &Pubkey, authority: &Pubkey, amount: u64) -> Result<Instruction> {
    spl_token_interface::instruction::mint_to(&spl_token_interface::ID, mint, account, authority, &[], amount)
        .map_err(|e| ClientError::invalid(e.to_string()))
}

/// Makes an owner's associated account of a Token-2022 mint unless it is there.
pub fn create_token_2022_account(payer: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Instruction {
    create_associated_token_account_idempotent(payer, owner, mint, &token_2022::ID)
}
