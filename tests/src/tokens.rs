//! Stablecoins of every kind, good and bad, and accounts to hold them.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, program_pack::Pack},
};
use anchor_spl::token_interface::spl_token_2022::{
    self,
    extension::{
        confidential_mint_burn, confidential_transfer, confidential_transfer_fee, default_account_state,
        group_member_pointer, group_pointer, interest_bearing_mint, metadata_pointer, pausable, scaled_ui_amount,
        transfer_fee, transfer_hook, BaseStateWithExtensions, ExtensionType, StateWithExtensions,
    },
    instruction as token,
    state::{Account as TokenState, AccountState, Mint as MintState},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::Chain;

pub const SPL_TOKEN: Pubkey = anchor_spl::token::ID;
pub const TOKEN_2022: Pubkey = spl_token_2022::ID;
const SYSTEM: Pubkey = Pubkey::from_str_const("11111111111111111111111111111111");

/// A stablecoin; its mint authority is the chain's payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coin {
    pub mint: Pubkey,
    pub program: Pubkey,
}

fn create_account(chain: &Chain, key: &Keypair, space: usize, owner: &Pubkey) -> Instruction {
    let rent = chain.svm.minimum_balance_for_rent_exemption(space);
    let mut data = vec![0; 4];
    data.extend(rent.to_le_bytes());
    data.extend((space as u64).to_le_bytes());
    data.extend(owner.as_ref());
    let meta = anchor_lang::solana_program::instruction::AccountMeta::new;
    let accounts = vec![meta(chain.payer.pubkey(), true), meta(key.pubkey(), true)];
    Instruction { program_id: SYSTEM, accounts, data }
}

impl Chain {
    /// A mint of six decimals: SPL Token.
    pub fn coin(&mut self) -> Coin {
        self.coin_with(&SPL_TOKEN, &[])
    }

    /// A mint of six decimals with these extensions.
    pub fn coin_with(&mut self, program: &Pubkey, extensions: &[ExtensionType]) -> Coin {
        let (key, authority) = (Keypair::new(), self.payer.pubkey());
        let mint = key.pubkey();
        let space = match extensions.is_empty() {
            true => MintState::LEN,
            false => ExtensionType::try_calculate_account_len::<MintState>(extensions).expect("sized extensions"),
        };
        let mut ixs = vec![create_account(self, &key, space, program)];
        ixs.extend(extensions.iter().map(|extension| initialize(extension, program, &mint, &authority)));
        let freeze = Some(&authority);
        ixs.push(token::initialize_mint2(program, &mint, &authority, freeze, 6).expect("initialize mint"));
        self.ok(&ixs, &[&key]);
        Coin { mint, program: *program }
    }

    /// An empty token account.
    pub fn token_account(&mut self, coin: &Coin, owner: &Pubkey) -> Pubkey {
        let key = Keypair::new();
        let mint = self.account(&coin.mint).expect("mint");
        let state = StateWithExtensions::<MintState>::unpack(&mint.data).expect("mint");
        let kinds = state.get_extension_types().unwrap_or_default();
        let needed = ExtensionType::get_required_init_account_extensions(&kinds);
        let space = ExtensionType::try_calculate_account_len::<TokenState>(&needed).expect("sized extensions");
        let init = token::initialize_account3(&coin.program, &key.pubkey(), &coin.mint, owner).expect("initialize");
        let ixs = [create_account(self, &key, space, &coin.program), init];
        self.ok(&ixs, &[&key]);
        key.pubkey()
    }

    /// A token account with money in it.
    pub fn funded(&mut self, coin: &Coin, owner: &Pubkey, amount: u64) -> Pubkey {
        let account = self.token_account(coin, owner);
        self.mint_to(coin, &account, amount);
        account
    }

    pub fn mint_to(&mut self, coin: &Coin, account: &Pubkey, amount: u64) {
        let authority = self.payer.pubkey();
        let ix = token::mint_to(&coin.program, &coin.mint, account, &authority, &[], amount).expect("mint");
        self.ok(&[ix], &[]);
    }

    pub fn freeze(&mut self, coin: &Coin, account: &Pubkey) {
        let authority = self.payer.pubkey();
        let ix = token::freeze_account(&coin.program, account, &coin.mint, &authority, &[]).expect("freeze");
        self.ok(&[ix], &[]);
    }

    pub fn thaw(&mut self, coin: &Coin, account: &Pubkey) {
        let authority = self.payer.pubkey();
        let ix = token::thaw_account(&coin.program, account, &coin.mint, &authority, &[]).expect("thaw");
        self.ok(&[ix], &[]);
    }

    /// Moves tokens by their owner's hand.
    pub fn transfer(&mut self, coin: &Coin, from: &Pubkey, to: &Pubkey, owner: &Keypair, amount: u64, decimals: u8) {
        let owner_key = owner.pubkey();
        let ix = token::transfer_checked(&coin.program, from, &coin.mint, to, &owner_key, &[], amount, decimals);
        self.ok(&[ix.expect("transfer")], &[owner]);
    }

    /// Tokens in an account; none when it does not exist.
    pub fn balance(&self, account: &Pubkey) -> u64 {
        let Some(account) = self.account(account) else { return 0 };
        StateWithExtensions::<TokenState>::unpack(&account.data).expect("token account").base.amount
    }

    /// Tokens of a mint in the world.
    pub fn supply(&self, mint: &Pubkey) -> u64 {
        let account = self.account(mint).expect("mint");
        StateWithExtensions::<MintState>::unpack(&account.data).expect("mint").base.supply
    }
}

/// The instruction that puts an extension into a mint before the mint is initialised.
fn initialize(extension: &ExtensionType, program: &Pubkey, mint: &Pubkey, authority: &Pubkey) -> Instruction {
    let (key, some) = (*authority, Some(*authority));
    let made = match extension {
        ExtensionType::TransferFeeConfig => transfer_fee::instruction::initialize_transfer_fee_config(
            program,
            mint,
            some.as_ref(),
            some.as_ref(),
            100,
            10,
        ),
        ExtensionType::TransferHook => transfer_hook::instruction::initialize(program, mint, some, None),
        ExtensionType::PermanentDelegate => token::initialize_permanent_delegate(program, mint, authority),
        ExtensionType::MintCloseAuthority => token::initialize_mint_close_authority(program, mint, some.as_ref()),
        ExtensionType::NonTransferable => token::initialize_non_transferable_mint(program, mint),
        ExtensionType::DefaultAccountState => {
            let state = AccountState::Initialized;
            default_account_state::instruction::initialize_default_account_state(program, mint, &state)
        }
        ExtensionType::InterestBearingConfig => interest_bearing_mint::instruction::initialize(program, mint, some, 10),
        ExtensionType::ScaledUiAmount => scaled_ui_amount::instruction::initialize(program, mint, some, 2.0),
        ExtensionType::Pausable => pausable::instruction::initialize(program, mint, &key),
        ExtensionType::ConfidentialTransferMint => {
            confidential_transfer::instruction::initialize_mint(program, mint, some, true, None)
        }
        ExtensionType::ConfidentialTransferFeeConfig => {
            let pod = Default::default();
            confidential_transfer_fee::instruction::initialize_confidential_transfer_fee_config(
                program, mint, some, &pod,
            )
        }
        ExtensionType::ConfidentialMintBurn => {
            let (pod, zero) = (Default::default(), Default::default());
            confidential_mint_burn::instruction::initialize_mint(program, mint, &pod, &zero)
        }
        ExtensionType::MetadataPointer => metadata_pointer::instruction::initialize(program, mint, some, Some(*mint)),
        ExtensionType::GroupPointer => group_pointer::instruction::initialize(program, mint, some, Some(*mint)),
        ExtensionType::GroupMemberPointer => {
            group_member_pointer::instruction::initialize(program, mint, some, Some(*mint))
        }
        other => panic!("{other:?} is no extension of a mint that can be initialised"),
    };
    made.expect("initialize extension")
}
