//! An MVNO's shop on a chain with all programs: an agreement, a catalog, a plan, and people to buy it.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use catalog::{
    accounts, instruction as ix,
    state::{access, seeds, Catalog, Entitlement, Plan, PlanState},
    CreatePlanArgs, ID,
};
use escrow::state::RemainderPolicy;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    chain::{event_authority, instruction, program_data, Chain},
    escrow as pools,
    outcome::{Failure, Meta},
    settlement::{self as billing, World},
    tokens::{Coin, TOKEN_2022},
};

pub const PRICE: u64 = 25_000_000;
pub const VALIDITY: u32 = 30 * 86_400;
pub const ACTIVATION: u32 = 7 * 86_400;
pub const CONFIRMATION: u32 = 3_600;
pub const GRACE: u32 = 40 * 86_400;

pub fn config() -> Pubkey {
    Pubkey::find_program_address(&[seeds::CONFIG], &ID).0
}

pub fn authority() -> Pubkey {
    Pubkey::find_program_address(&[seeds::AUTHORITY], &ID).0
}

pub fn catalog(origin: &Pubkey, id: u32) -> Pubkey {
    Pubkey::find_program_address(&[seeds::CATALOG, origin.as_ref(), &id.to_le_bytes()], &ID).0
}

pub fn plan(catalog: &Pubkey, id: u32) -> Pubkey {
    Pubkey::find_program_address(&[seeds::PLAN, catalog.as_ref(), &id.to_le_bytes()], &ID).0
}

pub fn mint(plan: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[seeds::MINT, plan.as_ref()], &ID).0
}

pub fn entitlement(plan: &Pubkey, holder: &Pubkey, nonce: u64) -> Pubkey {
    Pubkey::find_program_address(&[seeds::ENTITLEMENT, plan.as_ref(), holder.as_ref(), &nonce.to_le_bytes()], &ID).0
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

fn escrow_call() -> accounts::EscrowCall {
    accounts::EscrowCall {
        authority: authority(),
        config: pools::config(),
        event_authority: event_authority(&escrow::ID),
        program: escrow::ID,
    }
}

/// Somebody with a purse: stablecoin, and an account for the plan's tokens.
pub struct Person {
    pub key: Keypair,
    pub coins: Pubkey,
    pub tokens: Pubkey,
}

pub struct Shop {
    /// Settlement's side: the chain, the agreement, MNO, MVNO and prover.
    pub world: World,
    pub catalog: Pubkey,
    pub treasury: Pubkey,
    pub operator: Keypair,
    /// The plan that instructions are about.
    pub plan: Pubkey,
    pub buyer: Person,
    /// Somebody who gets tokens from the buyer.
    pub holder: Person,
}

impl Shop {
    /// All programs and a catalog; no plan, and so no tokens, yet.
    pub fn without_plan() -> Self {
        let mut world = World::with_agreement(&billing::terms());
        let deployer = world.chain.payer.pubkey();
        let (a, b) = (initialize(&world.chain, deployer), pools::initialize(&world.chain, deployer));
        world.chain.ok(&[a, b], &[]);
        let coin = world.coin;
        let treasury = world.chain.token_account(&coin, &world.mvno.pubkey());
        let catalog = catalog(&world.mvno.pubkey(), 1);
        let operator = world.chain.keypair();
        let people = [0, 1].map(|_| {
            let key = world.chain.keypair();
            let coins = world.chain.funded(&coin, &key.pubkey(), 100 * PRICE);
            Person { key, coins, tokens: Pubkey::default() }
        });
        let [buyer, holder] = people;
        let mut shop = Self { world, catalog, treasury, operator, plan: plan(&catalog, 0), buyer, holder };
        let mvno = shop.mvno();
        shop.ok(shop.create_catalog(1), &[&mvno]);
        shop
    }

    pub fn new(policy: RemainderPolicy, confirmation_window: u32) -> Self {
        let mut shop = Self::without_plan();
        shop.publish(CreatePlanArgs { confirmation_window, remainder_policy: policy, ..plan_args() });
        shop
    }

    /// Publishes a plan and makes it the one that instructions are about.
    pub fn publish(&mut self, args: CreatePlanArgs) -> Meta {
        let mvno = self.mvno();
        self.plan = plan(&self.catalog, self.chain().fetch::<Catalog>(&self.catalog).plan_count);
        let meta = self.ok(self.create_plan(args), &[&mvno]);
        let token = self.token();
        self.buyer.tokens = self.world.chain.token_account(&token, &self.buyer.key.pubkey());
        self.holder.tokens = self.world.chain.token_account(&token, &self.holder.key.pubkey());
        meta
    }

    /// The buyer has bought so many units under this nonce.
    pub fn buy(&mut self, units: u64, nonce: u64) -> Meta {
        let buyer = self.buyer.key.insecure_clone();
        self.ok(self.purchase(units, nonce), &[&buyer])
    }

    /// The buyer gives the holder some tokens.
    pub fn give(&mut self, units: u64) {
        let (token, from) = (self.token(), self.buyer.key.insecure_clone());
        self.world.chain.transfer(&token, &self.buyer.tokens, &self.holder.tokens, &from, units, 0);
    }

    pub fn chain(&self) -> &Chain {
        &self.world.chain
    }

    pub fn mvno(&self) -> Keypair {
        self.world.mvno.insecure_clone()
    }

    /// The plan's token.
    pub fn token(&self) -> Coin {
        Coin { mint: mint(&self.plan), program: TOKEN_2022 }
    }

    pub fn pool(&self) -> Pubkey {
        pools::pool(&self.plan, &self.world.agreement)
    }

    pub fn vault(&self) -> Pubkey {
        pools::vault(&self.pool())
    }

    /// The buyer's position.
    pub fn position(&self, nonce: u64) -> Pubkey {
        pools::position(&self.pool(), &self.buyer.key.pubkey(), nonce)
    }

    /// The holder's entitlement.
    pub fn entitlement(&self, nonce: u64) -> Pubkey {
        entitlement(&self.plan, &self.holder.key.pubkey(), nonce)
    }

    pub fn state(&self, nonce: u64) -> Entitlement {
        self.chain().fetch(&self.entitlement(nonce))
    }

    pub fn terms(&self) -> Plan {
        self.chain().fetch(&self.plan)
    }

    pub fn books(&self) -> escrow::state::Pool {
        self.chain().fetch(&self.pool())
    }

    #[track_caller]
    pub fn ok(&mut self, ix: Instruction, signers: &[&Keypair]) -> Meta {
        self.world.chain.ok(&[ix], signers)
    }

    #[track_caller]
    pub fn fails(&mut self, ix: Instruction, signers: &[&Keypair], error: impl Into<u32>) -> Failure {
        self.world.chain.fails(&[ix], signers, error)
    }

    /// Accounts of this world that an attacker could put somewhere else.
    pub fn decoys(&self) -> Vec<Pubkey> {
        vec![
            self.world.stranger.pubkey(),
            self.world.mvno.pubkey(),
            self.buyer.key.pubkey(),
            self.buyer.coins,
            self.buyer.tokens,
            self.holder.coins,
            self.holder.tokens,
            self.treasury,
            self.catalog,
            self.plan,
            self.pool(),
            self.vault(),
            self.world.agreement,
            self.world.coin.mint,
            self.token().mint,
            config(),
            pools::config(),
            ID,
            escrow::ID,
        ]
    }

    pub fn propose_authority(&self, new_authority: Pubkey) -> Instruction {
        let accounts = accounts::ProposeAuthority {
            authority: self.chain().payer.pubkey(),
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
            authority: self.chain().payer.pubkey(),
            config: config(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetPaused { paused })
    }

    pub fn create_catalog(&self, id: u32) -> Instruction {
        let authority = self.world.mvno.pubkey();
        let accounts = accounts::CreateCatalog {
            authority,
            payer: self.chain().payer.pubkey(),
            config: config(),
            catalog: catalog(&authority, id),
            mint: self.world.coin.mint,
            treasury: self.treasury,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::CreateCatalog { id, operator: self.operator.pubkey() })
    }

    pub fn propose_catalog_authority(&self, new_authority: Pubkey) -> Instruction {
        let accounts = accounts::ProposeCatalogAuthority {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ProposeCatalogAuthority { new_authority })
    }

    pub fn accept_catalog_authority(&self, pending_authority: Pubkey) -> Instruction {
        let accounts = accounts::AcceptCatalogAuthority {
            pending_authority,
            catalog: self.catalog,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::AcceptCatalogAuthority {})
    }

    pub fn set_operator(&self, operator: Pubkey) -> Instruction {
        let accounts = accounts::SetOperator {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetOperator { operator })
    }

    pub fn set_treasury(&self, treasury: Pubkey) -> Instruction {
        let accounts = accounts::SetTreasury {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            treasury,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetTreasury {})
    }

    pub fn sync_treasury(&self) -> Instruction {
        let accounts = accounts::SyncTreasury {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            plan: self.plan,
            pool: self.pool(),
            treasury: self.treasury,
            escrow: escrow_call(),
        };
        instruction(ID, accounts, ix::SyncTreasury {})
    }

    pub fn create_plan(&self, args: CreatePlanArgs) -> Instruction {
        let accounts = accounts::CreatePlan {
            authority: self.world.mvno.pubkey(),
            payer: self.chain().payer.pubkey(),
            config: config(),
            catalog: self.catalog,
            plan: self.plan,
            mint: self.token().mint,
            agreement: self.world.agreement,
            coin: self.world.coin.mint,
            treasury: self.treasury,
            pool: self.pool(),
            vault: self.vault(),
            escrow: escrow_call(),
            coin_program: self.world.coin.program,
            token_2022_program: TOKEN_2022,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::CreatePlan { args })
    }

    pub fn set_plan_state(&self, state: PlanState) -> Instruction {
        let accounts = accounts::SetPlanState {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            plan: self.plan,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::SetPlanState { state })
    }

    /// By the buyer.
    pub fn purchase(&self, units: u64, nonce: u64) -> Instruction {
        let accounts = accounts::Purchase {
            buyer: self.buyer.key.pubkey(),
            payer: self.chain().payer.pubkey(),
            config: config(),
            plan: self.plan,
            mint: self.token().mint,
            buyer_plan_token: self.buyer.tokens,
            buyer_coin: self.buyer.coins,
            coin: self.world.coin.mint,
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(nonce),
            escrow: escrow_call(),
            coin_program: self.world.coin.program,
            token_2022_program: TOKEN_2022,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Purchase { units, nonce })
    }

    /// By the holder, against the buyer's position.
    pub fn activate(&self, nonce: u64, position: u64) -> Instruction {
        self.activate_with(nonce, position, None, None)
    }

    /// The same, with what identity has recorded.
    pub fn activate_with(
        &self,
        nonce: u64,
        position: u64,
        binding: Option<Pubkey>,
        session: Option<Pubkey>,
    ) -> Instruction {
        let accounts = accounts::Activate {
            holder: self.holder.key.pubkey(),
            payer: self.chain().payer.pubkey(),
            config: config(),
            plan: self.plan,
            mint: self.token().mint,
            holder_plan_token: self.holder.tokens,
            entitlement: self.entitlement(nonce),
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(position),
            escrow: escrow_call(),
            token_2022_program: TOKEN_2022,
            system_program: system_program::ID,
            binding,
            session,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Activate { nonce })
    }

    pub fn confirm_activation(&self, nonce: u64, position: u64) -> Instruction {
        let accounts = accounts::ConfirmActivation {
            operator: self.operator.pubkey(),
            config: config(),
            catalog: self.catalog,
            plan: self.plan,
            entitlement: self.entitlement(nonce),
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(position),
            escrow: escrow_call(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ConfirmActivation {})
    }

    pub fn fail_activation(&self, nonce: u64) -> Instruction {
        let accounts = accounts::FailActivation {
            operator: self.operator.pubkey(),
            config: config(),
            catalog: self.catalog,
            plan: self.plan,
            entitlement: self.entitlement(nonce),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::FailActivation {})
    }

    /// To the holder, out of the buyer's position.
    pub fn refund_unactivated(&self, units: u64, position: u64) -> Instruction {
        let accounts = accounts::RefundUnactivated {
            holder: self.holder.key.pubkey(),
            config: config(),
            plan: self.plan,
            mint: self.token().mint,
            holder_plan_token: self.holder.tokens,
            holder_coin: self.holder.coins,
            coin: self.world.coin.mint,
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(position),
            escrow: escrow_call(),
            coin_program: self.world.coin.program,
            token_2022_program: TOKEN_2022,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::RefundUnactivated { units })
    }

    pub fn refund_failed(&self, nonce: u64, position: u64) -> Instruction {
        let accounts = accounts::RefundFailed {
            holder: self.holder.key.pubkey(),
            config: config(),
            plan: self.plan,
            entitlement: self.entitlement(nonce),
            holder_coin: self.holder.coins,
            coin: self.world.coin.mint,
            pool: self.pool(),
            vault: self.vault(),
            position: self.position(position),
            escrow: escrow_call(),
            coin_program: self.world.coin.program,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::RefundFailed {})
    }

    pub fn begin_close(&self) -> Instruction {
        let accounts = accounts::BeginClose {
            authority: self.world.mvno.pubkey(),
            catalog: self.catalog,
            plan: self.plan,
            pool: self.pool(),
            escrow: escrow_call(),
        };
        instruction(ID, accounts, ix::BeginClose {})
    }

    pub fn finish_close(&self) -> Instruction {
        pools::finish_close(&self.pool(), &self.world.coin, &self.treasury)
    }

    pub fn claim_remainder(&self, nonce: u64) -> Instruction {
        let accounts = accounts::ClaimRemainder {
            holder: self.holder.key.pubkey(),
            config: config(),
            plan: self.plan,
            entitlement: self.entitlement(nonce),
            holder_coin: self.holder.coins,
            coin: self.world.coin.mint,
            pool: self.pool(),
            vault: self.vault(),
            escrow: escrow_call(),
            coin_program: self.world.coin.program,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ClaimRemainder {})
    }

    pub fn close_entitlement(&self, nonce: u64) -> Instruction {
        let accounts = accounts::CloseEntitlement {
            plan: self.plan,
            entitlement: self.entitlement(nonce),
            payer: self.chain().payer.pubkey(),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::CloseEntitlement {})
    }
}

/// A month of data and talk.
pub fn plan_args() -> CreatePlanArgs {
    CreatePlanArgs {
        price: PRICE,
        quotas: [10_000_000_000, 6_000, 0, 100, 0, 0, 0, 0],
        validity: VALIDITY,
        activation_window: ACTIVATION,
        confirmation_window: CONFIRMATION,
        settle_grace: GRACE,
        margin_bps: 2_000,
        remainder_policy: RemainderPolicy::ToMvno,
        access: access::ANYONE,
        registrar: Pubkey::default(),
        contract_hash: [0xc7; 32],
        name: "Roam 10 GB".into(),
        symbol: "ROAM10".into(),
        uri: "https://mvno.example/contracts/roam-10".into(),
    }
}
