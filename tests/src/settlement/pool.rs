//! A pool of escrow with earned money in it, written into the chain as escrow keeps it: what payment alone needs.
//! How money really gets there is tested with catalog and escrow.

use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, solana_program::program_pack::Pack, AccountSerialize,
};
use anchor_spl::token_interface::spl_token_2022::state::{Account as TokenState, AccountState};
use escrow::state::{Config as EscrowConfig, Pool, PoolState, RemainderPolicy};
use settlement::{accounts, instruction, state::seeds, ID};
use solana_account::Account;

use super::World;
use crate::chain::{event_authority, instruction as call};

/// Addresses of one pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolAccounts {
    pub pool: Pubkey,
    pub vault: Pubkey,
    pub treasury: Pubkey,
}

impl World {
    /// A pool of an agreement that owes `wholesale` to MNO and prover and `margin` to the MVNO.
    pub fn pool(&mut self, agreement: Pubkey, wholesale: u64, margin: u64) -> PoolAccounts {
        let plan = Pubkey::new_unique();
        let (pool, bump) = derive(&[b"pool", plan.as_ref(), agreement.as_ref()]);
        let (vault, vault_bump) = derive(&[b"vault", pool.as_ref()]);
        let owner = Pubkey::new_unique();
        let coin = self.coin;
        let treasury = self.chain.token_account(&coin, &owner);
        self.escrow_config();
        let held = wholesale.checked_add(margin).expect("a sane amount");
        let books = Pool {
            version: 1,
            bump,
            vault_bump,
            state: PoolState::Open,
            plan,
            agreement,
            mint: coin.mint,
            token_program: coin.program,
            treasury,
            treasury_owner: owner,
            margin_bps: 0,
            remainder_policy: RemainderPolicy::ToMvno,
            unit_price: held,
            held: 0,
            wholesale,
            margin_due: margin,
            remainder_per_unit: 0,
            remainder: 0,
            total_deposited: held,
            total_refunded: 0,
            total_treasury: 0,
            total_mno: 0,
            total_prover: 0,
            total_remainder: 0,
            units_open: 0,
            units_pending: 0,
            units_earned: 1,
            units_refunded: 0,
            units_sold: 1,
            remainder_claims: 0,
            last_activate_by: 0,
            last_expiry: 0,
            settle_grace: 0,
            close_after: 0,
            outflow_window: 3_600,
            outflow_limit: u64::MAX,
            outflow_start: 0,
            outflow_spent: 0,
            reserved: [0; 64],
        };
        self.put(pool, &escrow::ID, serialized(&books));
        let state = TokenState {
            mint: coin.mint,
            owner: pool,
            amount: 0,
            state: AccountState::Initialized,
            ..TokenState::default()
        };
        let mut data = vec![0; TokenState::LEN];
        TokenState::pack(state, &mut data).expect("packs");
        self.put(vault, &coin.program, data);
        if held > 0 {
            self.chain.mint_to(&coin, &vault, held);
        }
        PoolAccounts { pool, vault, treasury }
    }

    pub fn settle_batch(&self, batch: Pubkey, from: &PoolAccounts) -> Instruction {
        let accounts = accounts::SettleBatch {
            config: seeds::config().0,
            agreement: self.agreement,
            batch,
            authority: seeds::authority().0,
            escrow_config: derive(&[b"config"]).0,
            pool: from.pool,
            vault: from.vault,
            mint: self.coin.mint,
            treasury: from.treasury,
            mno_token: self.payout,
            prover_token: self.prover_token,
            token_program: self.coin.program,
            escrow_event_authority: event_authority(&escrow::ID),
            escrow_program: escrow::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        call(ID, accounts, instruction::SettleBatch {})
    }

    fn escrow_config(&mut self) {
        let (config, bump) = derive(&[b"config"]);
        let value = EscrowConfig {
            version: 1,
            bump,
            authority: self.authority(),
            pending_authority: Pubkey::default(),
            paused: 0,
            reserved: [0; 64],
        };
        self.put(config, &escrow::ID, serialized(&value));
    }

    pub(super) fn put(&mut self, at: Pubkey, owner: &Pubkey, data: Vec<u8>) {
        let lamports = self.chain.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: *owner, executable: false, rent_epoch: u64::MAX };
        self.chain.svm.set_account(at, account).expect("the account is set");
    }
}

fn serialized(value: &impl AccountSerialize) -> Vec<u8> {
    let mut data = Vec::new();
    value.try_serialize(&mut data).expect("the account serialises");
    data
}

fn derive(seeds: &[&[u8]]) -> (Pubkey, u8) {
    Pubkey::find_program_address(seeds, &escrow::ID)
}
