//! Escrow by itself: a pool with its people, and one method an instruction. The calling programs' signatures are
//! assumed (see the crate's note), so that escrow's own checks are what is tested.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use escrow::{accounts, instruction as ix, state::seeds, CreatePoolArgs, DepositArgs, RefundSource, ID};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    chain::{event_authority, instruction, program_data, Chain},
    outcome::Meta,
    tokens::Coin,
};

pub const PRICE: u64 = 1_000_003;
pub const MARGIN_BPS: u16 = 1_250;
pub const GRACE: u32 = 5_000;
pub const DAY: i64 = 86_400;

pub use escrow::state::RemainderPolicy;

pub fn config() -> Pubkey {
    Pubkey::find_program_address(&[seeds::CONFIG], &ID).0
}

pub fn pool(plan: &Pubkey, agreement: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[seeds::POOL, plan.as_ref(), agreement.as_ref()], &ID).0
}

pub fn vault(pool: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[seeds::VAULT, pool.as_ref()], &ID).0
}

pub fn position(pool: &Pubkey, buyer: &Pubkey, nonce: u64) -> Pubkey {
    Pubkey::find_program_address(&[seeds::POSITION, pool.as_ref(), buyer.as_ref(), &nonce.to_le_bytes()], &ID).0
}

pub fn initialize(chain: &Chain, authority: Pubkey) -> Instruction {
    let accounts = accounts::Initialize {
        authority,
        payer: chain.payer.pubkey(),
        config: config(),
        program_data: program_data(&ID),
        system_program: system_program::ID,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::Initialize {})
}

/// A pool, who pays into it, and who is paid out of it.
pub struct Desk {
    pub chain: Chain,
    pub coin: Coin,
    pub plan: Pubkey,
    pub agreement: Pubkey,
    pub mvno: Keypair,
    pub treasury: Pubkey,
    pub buyer: Keypair,
    pub buyer_token: Pubkey,
    pub mno_token: Pubkey,
    pub prover_token: Pubkey,
    pub stranger: Keypair,
    pub stranger_token: Pubkey,
}

impl Desk {
    /// A program that is initialised; the pool does not exist yet.
    pub fn without_pool(coin: impl FnOnce(&mut Chain) -> Coin) -> Self {
        let mut chain = Chain::new();
        let coin = coin(&mut chain);
        let [mvno, buyer, stranger] = std::array::from_fn(|_| chain.keypair());
        let (mno, prover) = (Pubkey::new_unique(), Pubkey::new_unique());
        let desk = Self {
            treasury: chain.token_account(&coin, &mvno.pubkey()),
            buyer_token: chain.funded(&coin, &buyer.pubkey(), 100 * PRICE),
            mno_token: chain.token_account(&coin, &mno),
            prover_token: chain.token_account(&coin, &prover),
            stranger_token: chain.token_account(&coin, &stranger.pubkey()),
            plan: Pubkey::new_unique(),
            agreement: Pubkey::new_unique(),
            chain,
            coin,
            mvno,
            buyer,
            stranger,
        };
        let initialize = initialize(&desk.chain, desk.chain.payer.pubkey());
        let mut desk = desk;
        desk.chain.ok(&[initialize], &[]);
        desk
    }

    pub fn new(policy: RemainderPolicy) -> Self {
        let mut desk = Self::without_pool(|chain| chain.coin());
        desk.by_program(desk.create_pool(Self::terms(policy)));
        desk
    }

    pub fn terms(remainder_policy: RemainderPolicy) -> CreatePoolArgs {
        CreatePoolArgs { unit_price: PRICE, margin_bps: MARGIN_BPS, remainder_policy, settle_grace: GRACE }
    }

    /// A pool with some units bought by the buyer under nonce 1, to be activated within a day.
    pub fn with_deposit(policy: RemainderPolicy, units: u64) -> Self {
        let mut desk = Self::new(policy);
        desk.deposit_now(units, 1);
        desk
    }

    /// A pool in which so many units are earned, out of a deposit of as many.
    pub fn with_earned(policy: RemainderPolicy, units: u64) -> Self {
        let mut desk = Self::with_deposit(policy, units);
        for _ in 0..units {
            desk.earn_now();
        }
        desk
    }

    pub fn deposit_now(&mut self, units: u64, nonce: u64) {
        let activate_by = self.chain.now() + DAY;
        self.by_program(self.deposit(DepositArgs { units, nonce, activate_by }));
    }

    /// Activates and earns one unit of position 1; its entitlement ends in a day.
    pub fn earn_now(&mut self) {
        let end = self.chain.now() + DAY;
        self.by_program(self.begin_activation(1, end));
        self.by_program(self.earn(1, end));
    }

    /// Sends with the calling program's signature.
    #[track_caller]
    pub fn by_program(&mut self, ix: Instruction) -> Meta {
        self.chain.impersonate(&[ix]).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Sends with the calling program's signature, and expects this error.
    #[track_caller]
    pub fn refused(&mut self, ix: Instruction, error: impl Into<u32>) {
        self.chain.impersonate(&[ix]).expect_err("the transaction succeeded").expect(error);
    }

    /// Sends an instruction that names no signer but people.
    #[track_caller]
    pub fn ok(&mut self, ix: Instruction, signers: &[&Keypair]) -> Meta {
        self.chain.ok(&[ix], signers)
    }

    pub fn pool(&self) -> Pubkey {
        pool(&self.plan, &self.agreement)
    }

    pub fn vault(&self) -> Pubkey {
        vault(&self.pool())
    }

    pub fn position(&self, nonce: u64) -> Pubkey {
        position(&self.pool(), &self.buyer.pubkey(), nonce)
    }

    pub fn books(&self) -> escrow::state::Pool {
        self.chain.fetch(&self.pool())
    }

    /// Every account of the instruction's world that an attacker could put somewhere else.
    pub fn decoys(&self) -> Vec<Pubkey> {
        vec![
            self.stranger.pubkey(),
            self.stranger_token,
            self.mno_token,
            self.buyer_token,
            self.treasury,
            self.vault(),
            self.pool(),
            config(),
            self.coin.mint,
            ID,
        ]
    }

    pub fn propose_authority(&self, new_authority: Pubkey) -> Instruction {
        let accounts = accounts::ProposeAuthority {
            authority: self.chain.payer.pubkey(),
            config: config(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ProposeAuthority { new_authority })
    }

    pub fn accept_authority(&self, pending_authority: Pubkey) -> Instruction {
        let accounts = accounts::AcceptAuthority {
            pending_authority,
            config: config(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::AcceptAuthority {})
    }

    pub fn set_paused(&self, paused: u8) -> Instruction {
        let accounts = accounts::SetPaused {
            authority: self.chain.payer.pubkey(),
            config: config(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetPaused { paused })
    }

    pub fn set_outflow_limit(&self, window: u32, limit: u64) -> Instruction {
        set_outflow_limit(&self.chain.payer.pubkey(), &self.pool(), window, limit)
    }

    pub fn create_pool(&self, args: CreatePoolArgs) -> Instruction {
        let accounts = accounts::CreatePool {
            authority: escrow::access::catalog_authority(),
            payer: self.chain.payer.pubkey(),
            config: config(),
            plan: self.plan,
            agreement: self.agreement,
            pool: self.pool(),
            vault: self.vault(),
            mint: self.coin.mint,
            treasury: self.treasury,
            token_program: self.coin.program,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::CreatePool { args })
    }

    pub fn set_treasury(&self, treasury: Pubkey) -> Instruction {
        let accounts = accounts::SetTreasury {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            treasury,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetTreasury {})
    }

    pub fn deposit(&self, args: DepositArgs) -> Instruction {
        let accounts = accounts::Deposit {
            authority: escrow::access::catalog_authority(),
            payer: self.chain.payer.pubkey(),
            buyer: self.buyer.pubkey(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            mint: self.coin.mint,
            buyer_token: self.buyer_token,
            position: self.position(args.nonce),
            token_program: self.coin.program,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Deposit { args })
    }

    pub fn begin_activation(&self, nonce: u64, expires_by: i64) -> Instruction {
        let accounts = accounts::BeginActivation {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(nonce),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::BeginActivation { expires_by })
    }

    pub fn earn(&self, nonce: u64, expires_at: i64) -> Instruction {
        let accounts = accounts::Earn {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(nonce),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Earn { expires_at })
    }

    /// To the stranger, who holds the tokens now.
    pub fn refund(&self, nonce: u64, units: u64, source: RefundSource) -> Instruction {
        let accounts = accounts::Refund {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            mint: self.coin.mint,
            position: self.position(nonce),
            holder: self.stranger.pubkey(),
            holder_token: self.stranger_token,
            token_program: self.coin.program,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Refund { units, source })
    }

    pub fn release(&self, mno_amount: u64, prover_amount: u64) -> Instruction {
        let accounts = accounts::Release {
            authority: escrow::access::settlement_authority(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            mint: self.coin.mint,
            treasury: self.treasury,
            mno_token: self.mno_token,
            prover_token: Some(self.prover_token),
            token_program: self.coin.program,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Release { mno_amount, prover_amount })
    }

    pub fn pay_margin(&self) -> Instruction {
        pay_margin(&self.pool(), &self.coin, &self.treasury)
    }

    pub fn begin_close(&self) -> Instruction {
        let accounts = accounts::BeginClose {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::BeginClose {})
    }

    pub fn finish_close(&self) -> Instruction {
        finish_close(&self.pool(), &self.coin, &self.treasury)
    }

    pub fn claim_remainder(&self) -> Instruction {
        let accounts = accounts::ClaimRemainder {
            authority: escrow::access::catalog_authority(),
            config: config(),
            pool: self.pool(),
            vault: self.vault(),
            mint: self.coin.mint,
            holder: self.stranger.pubkey(),
            holder_token: self.stranger_token,
            token_program: self.coin.program,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ClaimRemainder {})
    }

    pub fn close_position(&self, nonce: u64) -> Instruction {
        close_position(&self.position(nonce), &self.chain.payer.pubkey())
    }
}

pub fn finish_close(pool: &Pubkey, coin: &Coin, treasury: &Pubkey) -> Instruction {
    let accounts = accounts::FinishClose {
        config: config(),
        pool: *pool,
        vault: vault(pool),
        mint: coin.mint,
        treasury: *treasury,
        token_program: coin.program,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::FinishClose {})
}

pub fn close_position(position: &Pubkey, payer: &Pubkey) -> Instruction {
    let accounts = accounts::ClosePosition {
        config: config(),
        position: *position,
        payer: *payer,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::ClosePosition {})
}

pub fn set_outflow_limit(authority: &Pubkey, pool: &Pubkey, window: u32, limit: u64) -> Instruction {
    let accounts = accounts::SetOutflowLimit {
        authority: *authority,
        config: config(),
        pool: *pool,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::SetOutflowLimit { window, limit })
}

pub fn pay_margin(pool: &Pubkey, coin: &Coin, treasury: &Pubkey) -> Instruction {
    let accounts = accounts::PayMargin {
        config: config(),
        pool: *pool,
        vault: vault(pool),
        mint: coin.mint,
        treasury: *treasury,
        token_program: coin.program,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::PayMargin {})
}
