use anchor_lang::prelude::*;
use anchor_spl::{
    token_2022::Token2022,
    token_interface::{self, Burn, Mint, TokenAccount},
};
use identity::state::{seeds::NULLIFIER, Binding, Session, SessionState};

use crate::{
    error::CatalogError,
    escrow_calls::*,
    events::Activated,
    state::{access, seeds, Config, Entitlement, EntitlementState, Operation, Plan, RESERVED, VERSION},
};

/// Burns one token and starts its entitlement, against any position of the plan with open units. A plan with an access
/// rule is shown what identity has recorded.
///
/// 0. `[signer]` holder
/// 1. `[writable, signer]` payer: of the entitlement's rent
/// 2. `[]` config
/// 3. `[writable]` plan
/// 4. `[writable]` mint: the plan's token
/// 5. `[writable]` holder_plan_token
/// 6. `[writable]` entitlement
/// 7. `[writable]` pool
/// 8. `[]` vault
/// 9. `[writable]` position
/// 10. `[]` escrow: authority, config, event authority, program
/// 11. `[]` token_2022_program
/// 12. `[]` system_program
/// 13. `[]` binding: of the plan's registrar, to this holder and entitlement (optional: with access 1 and 2)
/// 14. `[]` session: that the binding was made with (optional: with access 2)
#[event_cpi]
#[derive(Accounts)]
#[instruction(nonce: u64)]
pub struct Activate<'info> {
    pub holder: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        mut,
        seeds = [seeds::PLAN, plan.catalog.as_ref(), &plan.plan_id.to_le_bytes()],
        bump = plan.bump,
        has_one = mint @ CatalogError::WrongPlanMint,
        has_one = pool @ CatalogError::WrongPool,
    )]
    pub plan: Box<Account<'info, Plan>>,
    #[account(mut)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        mut,
        constraint = holder_plan_token.mint == plan.mint @ CatalogError::WrongPlanMint,
        constraint = holder_plan_token.owner == holder.key() @ CatalogError::WrongTokenOwner,
    )]
    pub holder_plan_token: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = payer,
        space = 8 + Entitlement::INIT_SPACE,
        seeds = [seeds::ENTITLEMENT, plan.key().as_ref(), holder.key().as_ref(), &nonce.to_le_bytes()],
        bump
    )]
    pub entitlement: Box<Account<'info, Entitlement>>,
    /// CHECK: the plan's; escrow checks the rest
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    pub vault: UncheckedAccount<'info>,
    /// CHECK: escrow checks that it is one of the pool's
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    pub escrow: EscrowCall<'info>,
    pub token_2022_program: Program<'info, Token2022>,
    pub system_program: Program<'info, System>,
    #[account(
        seeds = [NULLIFIER, binding.registrar.as_ref(), binding.nullifier.as_ref()],
        bump = binding.bump,
        seeds::program = identity::ID
    )]
    pub binding: Option<Box<Account<'info, Binding>>>,
    pub session: Option<Box<Account<'info, Session>>>,
}

impl<'info> Activate<'info> {
    fn burn_one(&self) -> Result<()> {
        let burn = Burn {
            mint: self.mint.to_account_info(),
            from: self.holder_plan_token.to_account_info(),
            authority: self.holder.to_account_info(),
        };
        token_interface::burn(CpiContext::new(self.token_2022_program.key(), burn), 1)
    }

    fn begin(&self, bump: u8, expires_by: i64) -> Result<()> {
        let call = escrow::cpi::accounts::BeginActivation {
            authority: self.escrow.authority.to_account_info(),
            config: self.escrow.config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            position: self.position.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::begin_activation(ctx, expires_by))
    }

    fn earn(&self, bump: u8, expires_at: i64) -> Result<()> {
        let call = escrow::cpi::accounts::Earn {
            authority: self.escrow.authority.to_account_info(),
            config: self.escrow.config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            position: self.position.to_account_info(),
            event_authority: self.escrow.event_authority.to_account_info(),
            program: self.escrow.program.to_account_info(),
        };
        self.escrow.signed(bump, call, |ctx| escrow::cpi::earn(ctx, expires_at))
    }

    /// Whether the plan lets this holder activate, for as long as the entitlement can last.
    fn check_access(&self, clock: &Clock, expires_by: i64) -> Result<()> {
        let plan = &self.plan;
        if plan.access == access::ANYONE {
            return Ok(());
        }
        let binding = self.binding.as_ref().ok_or(CatalogError::NoBinding)?;
        let of_plan = binding.plan == plan.key() && binding.registrar == plan.registrar;
        let of_holder = binding.wallet == self.holder.key() && binding.entitlement == self.entitlement.key();
        require!(of_plan && of_holder, CatalogError::WrongBinding);
        require!(binding.expires_at >= expires_by, CatalogError::BindingTooShort);
        if plan.access == access::EID {
            return Ok(());
        }
        let session = self.session.as_ref().ok_or(CatalogError::NoSession)?;
        require_keys_eq!(session.key(), binding.session, CatalogError::WrongSession);
        // a session can be closed, and another one opened at its address
        require!(session.bound && session.bind_c == binding.bind_c, CatalogError::WrongSession);
        require!(session.entitlement == binding.entitlement, CatalogError::WrongSession);
        let authenticated = session.state == SessionState::Authenticated && session.is_live(clock);
        require!(authenticated, CatalogError::SessionState);
        Ok(())
    }

    pub fn run(ctx: Context<'info, Self>, nonce: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Activate)?;
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let confirm_by = now.saturating_add(accounts.plan.confirmation_window.into());
        let at_once = accounts.plan.confirmation_window == 0;
        // the times of a pending one are set when it is confirmed
        let expires_by = confirm_by.saturating_add(accounts.plan.validity.into());
        accounts.check_access(&clock, expires_by)?;
        accounts.burn_one()?;
        accounts.begin(ctx.bumps.escrow.authority, expires_by)?;
        if at_once {
            accounts.earn(ctx.bumps.escrow.authority, expires_by)?;
        }
        accounts.entitlement.set_inner(Entitlement {
            version: VERSION,
            bump: ctx.bumps.entitlement,
            state: if at_once { EntitlementState::Active } else { EntitlementState::Pending },
            remainder_claimed: false,
            plan: accounts.plan.key(),
            holder: accounts.holder.key(),
            nonce,
            position: accounts.position.key(),
            payer: accounts.payer.key(),
            starts_at: if at_once { now } else { 0 },
            expires_at: if at_once { expires_by } else { 0 },
            confirm_by,
            reserved: [0; RESERVED],
        });

        let activated_before = accounts.plan.activated;
        accounts.plan.activated = activated_before.checked_add(1).ok_or(CatalogError::Overflow)?;
        accounts.mint.reload()?;
        accounts.plan.invariant(accounts.mint.supply)?;
        let entitlement = &ctx.accounts.entitlement;
        emit_cpi!(Activated {
            plan: entitlement.plan,
            entitlement: entitlement.key(),
            holder: entitlement.holder,
            position: entitlement.position,
            state: entitlement.state,
            starts_at: entitlement.starts_at,
            expires_at: entitlement.expires_at,
            confirm_by,
            activated_before,
            activated_after: ctx.accounts.plan.activated,
            binding: ctx.accounts.binding.as_ref().map(|binding| binding.key()),
            session: ctx.accounts.session.as_ref().map(|session| session.key()),
        });
        Ok(())
    }
}
