use anchor_lang::prelude::*;
use anchor_spl::{
    token_2022::Token2022,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use escrow::{state::RemainderPolicy, CreatePoolArgs};
use gesim_core::{layout::LANES, money::BASIS_POINTS};
use settlement::state::{Agreement, AgreementState};

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::PlanCreated,
    metadata::{self, Texts},
    state::{access, seeds, terms, Catalog, Config, Operation, Plan, PlanState, MAX_SECONDS, RESERVED, VERSION},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct CreatePlanArgs {
    pub price: u64,
    pub quotas: [u64; LANES],
    pub validity: u32,
    pub activation_window: u32,
    pub confirmation_window: u32,
    pub settle_grace: u32,
    pub margin_bps: u16,
    pub remainder_policy: RemainderPolicy,
    pub access: u8,
    /// The default key when access is 0.
    pub registrar: Pubkey,
    pub contract_hash: [u8; 32],
    pub name: String,
    pub symbol: String,
    pub uri: String,
}

/// Publishes a plan: its account, its token with the terms in the metadata, and its pool in escrow.
///
/// 0. `[signer]` authority: the catalog's
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[writable]` catalog
/// 4. `[writable]` plan: its id is the catalog's plan count
/// 5. `[writable]` mint: the plan's token
/// 6. `[]` agreement: active, between this MVNO and an MNO, in the same stablecoin
/// 7. `[]` coin: the stablecoin
/// 8. `[]` treasury: the catalog's
/// 9. `[writable]` pool
/// 10. `[writable]` vault
/// 11. `[]` escrow: authority, config, event authority, program
/// 12. `[]` coin_program
/// 13. `[]` token_2022_program
/// 14. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct CreatePlan<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        mut,
        seeds = [seeds::CATALOG, catalog.origin.as_ref(), &catalog.id.to_le_bytes()],
        bump = catalog.bump,
        has_one = authority @ CatalogError::Unauthorized,
        has_one = treasury @ CatalogError::WrongTreasury,
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    #[account(
        init,
        payer = payer,
        space = 8 + Plan::INIT_SPACE,
        seeds = [seeds::PLAN, catalog.key().as_ref(), &catalog.plan_count.to_le_bytes()],
        bump
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(
        init,
        payer = payer,
        seeds = [seeds::MINT, plan.key().as_ref()],
        bump,
        mint::decimals = 0,
        mint::authority = plan,
        mint::token_program = token_2022_program,
        extensions::metadata_pointer::metadata_address = mint
    )]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        constraint = agreement.state == AgreementState::Active @ CatalogError::AgreementState,
        constraint = agreement.mvno == authority.key() @ CatalogError::AgreementParty,
        constraint = agreement.mint == catalog.mint @ CatalogError::AgreementMint,
    )]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(address = catalog.mint @ CatalogError::WrongMint)]
    pub coin: Box<InterfaceAccount<'info, Mint>>,
    #[account(constraint = treasury.owner == authority.key() @ CatalogError::TreasuryOwner)]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
    /// CHECK: escrow creates it at an address derived from plan and agreement
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// CHECK: escrow creates it at an address derived from the pool
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
    pub coin_program: Interface<'info, TokenInterface>,
    pub token_2022_program: Program<'info, Token2022>,
    pub system_program: Program<'info, System>,
}

impl<'info> CreatePlan<'info> {
    fn validate(&self, args: &CreatePlanArgs) -> Result<()> {
        self.config.require_running(Operation::Create)?;
        require!(args.price > 0, CatalogError::Price);
        require!(args.margin_bps <= BASIS_POINTS, CatalogError::Margin);
        require!(args.access <= access::EID_AND_PROVENANCE, CatalogError::AccessUnsupported);
        let named = args.registrar != Pubkey::default();
        require!(named == (args.access != access::ANYONE), CatalogError::PlanRegistrar);
        require!(args.validity > 0 && args.activation_window > 0, CatalogError::Duration);
        for seconds in [args.validity, args.activation_window, args.confirmation_window, args.settle_grace] {
            require!(seconds <= MAX_SECONDS, CatalogError::Duration);
        }
        // an MNO must have the time to bill the last day of the last entitlement
        let windows = [
            self.agreement.frame.prove_window,
            self.agreement.frame.dispute_window,
            self.agreement.frame.resolve_window,
        ];
        let needed: u64 = windows.iter().map(|seconds| u64::from(*seconds)).sum();
        require!(u64::from(args.settle_grace) >= needed, CatalogError::GraceTooShort);
        Ok(())
    }

    fn open_pool(&self, bump: u8, args: CreatePoolArgs) -> Result<()> {
        let call = escrow::cpi::accounts::CreatePool {
            authority: self.escrow.authority.to_account_info(),
            payer: self.payer.to_account_info(),
            config: self.escrow.config.to_account_info(),
            plan: self.plan.to_account_info(),
            agreement: self.agreement.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            mint: self.coin.to_account_info(),
            treasury: self.treasury.to_account_info(),
            token_program: self.coin_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::create_pool(ctx, args))
    }

    pub fn run(ctx: Context<'info, Self>, args: CreatePlanArgs) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(&args)?;
        let mut plan = Plan {
            version: VERSION,
            bump: ctx.bumps.plan,
            state: PlanState::Active,
            catalog: accounts.catalog.key(),
            plan_id: accounts.catalog.plan_count,
            mint: accounts.mint.key(),
            pool: accounts.pool.key(),
            agreement: accounts.agreement.key(),
            coin: accounts.coin.key(),
            price: args.price,
            quotas: args.quotas,
            validity: args.validity,
            activation_window: args.activation_window,
            confirmation_window: args.confirmation_window,
            settle_grace: args.settle_grace,
            margin_bps: args.margin_bps,
            remainder_policy: args.remainder_policy,
            access: args.access,
            contract_hash: args.contract_hash,
            terms: [0; 32],
            issued: 0,
            activated: 0,
            refunded: 0,
            registrar: args.registrar,
            reserved: [0; RESERVED - 32],
        };
        plan.terms = terms::terms(&plan)?;
        accounts.plan.set_inner(plan);
        accounts.catalog.plan_count = accounts.catalog.plan_count.checked_add(1).ok_or(CatalogError::Overflow)?;

        let texts = Texts { name: args.name, symbol: args.symbol, uri: args.uri };
        metadata::write(accounts, texts)?;
        let pool = CreatePoolArgs {
            unit_price: args.price,
            margin_bps: args.margin_bps,
            remainder_policy: args.remainder_policy,
            settle_grace: args.settle_grace,
        };
        accounts.open_pool(ctx.bumps.escrow.authority, pool)?;
        let plan = &ctx.accounts.plan;
        emit_cpi!(PlanCreated {
            catalog: plan.catalog,
            plan: plan.key(),
            plan_id: plan.plan_id,
            mint: plan.mint,
            pool: plan.pool,
            agreement: plan.agreement,
            price: plan.price,
            terms: plan.terms,
            access: plan.access,
            registrar: plan.registrar,
        });
        Ok(())
    }
}
