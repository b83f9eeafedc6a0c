use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::TermsSigned,
    state::{config::pause, seeds, Agreement, AgreementState, Config, Mno, Terms, TermsState},
};

/// A side signs a version of the terms: first the one that drafted it, then the other. The hash that is signed is
/// computed here, from what will be executed. The second signature puts the version in force, and the agreement with it.
///
/// 0. `[signer]` signer: authority of the side
/// 1. config
/// 2. mno
/// 3. `[writable]` agreement
/// 4. `[writable]` terms
#[event_cpi]
#[derive(Accounts)]
pub struct SignTerms<'info> {
    pub signer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::TERMS, terms.agreement.as_ref(), &terms.number.to_le_bytes()], bump = terms.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub terms: Box<Account<'info, Terms>>,
}

impl SignTerms<'_> {
    pub fn run(ctx: Context<Self>, contract_hash: [u8; 32]) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let (agreement, terms) = (&mut accounts.agreement, &mut accounts.terms);
        require!(agreement.state != AgreementState::Terminated, SettlementError::WrongAgreementState);
        let signed_by = agreement.side(&accounts.mno.authority, accounts.signer.key)?;
        require!(terms.hash(&agreement.frame)? == contract_hash, SettlementError::WrongContractHash);
        let own = signed_by == terms.drafted_by;
        terms.state = match terms.state {
            TermsState::Draft if own => TermsState::Signed,
            // a side that is both sides would sign twice
            TermsState::Signed if !own => TermsState::Active,
            _ => return err!(SettlementError::WrongTermsState),
        };
        terms.contract_hash = contract_hash;
        if terms.state == TermsState::Active {
            // an older version does not come back over a newer one
            require!(terms.number > agreement.terms, SettlementError::WrongTermsState);
            agreement.terms = terms.number;
            agreement.state = AgreementState::Active;
        }
        terms.invariant()?;
        agreement.invariant()?;
        let event = TermsSigned {
            agreement: agreement.key(),
            number: terms.number,
            signed_by,
            contract_hash,
            state: terms.state,
        };
        emit_cpi!(event);
        Ok(())
    }
}
