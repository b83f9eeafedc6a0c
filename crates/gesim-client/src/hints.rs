//! What to do about errors that people meet.

use anchor_lang::error::ErrorCode;
use catalog::error::CatalogError;
use escrow::error::EscrowError;
use identity::error::IdentityError;
use settlement::error::SettlementError;

/// A hint for the number of a program's error.
pub fn hint(code: u32) -> Option<&'static str> {
    hints().into_iter().find(|(number, _)| *number == code).map(|(_, hint)| hint)
}

fn hints() -> [(u32, &'static str); 81] {
    use {CatalogError as C, EscrowError as E, IdentityError as I, SettlementError as S};
    [
        (1, "the token account holds too little: check its balance"),
        (
            ErrorCode::AccountNotInitialized.into(),
            "an account does not exist yet: a step before this one is missing (gesim doctor checks the programs)",
        ),
        (C::Paused.into(), "the program's authority has paused this operation: try again later"),
        (C::Unauthorized.into(), "sign with the authority's keypair: --keypair"),
        (C::NotTheOperator.into(), "sign with the keypair of the catalog's operator: --keypair"),
        (C::TreasuryOwner.into(), "the treasury must be a token account of the signer"),
        (C::AgreementState.into(), "both sides sign first: gesim agreement sign"),
        (C::AgreementParty.into(), "the agreement's virtual operator must own the catalog"),
        (C::GraceTooShort.into(), "name a longer --settle-grace"),
        (C::NotOnSale.into(), "gesim plan list shows the plans on sale"),
        (C::PlanRegistrar.into(), "name --registrar with --access eid or provenance, and leave it out otherwise"),
        (C::NoBinding.into(), "bind the device's EID to this wallet and entitlement first: gesim eid bind"),
        (C::WrongBinding.into(), "activate with the plan, wallet and nonce that the session was opened for"),
        (C::BindingTooShort.into(), "open a session with a longer term and bind again: gesim session open"),
        (C::NoSession.into(), "name the session that the EID was bound with: --session"),
        (C::SessionState.into(), "let the provisioning server answer a session and bind with it: gesim session open"),
        (C::TooEarlyToRefund.into(), "wait until the operator's time to confirm is over: gesim entitlement show"),
        (E::Paused.into(), "escrow's authority has paused this operation: try again later"),
        (E::TooEarlyToRefund.into(), "units can be refunded after their activation deadline: gesim entitlement show"),
        (E::MintExtension.into(), "choose a stablecoin without fees, hooks, delegates or frozen accounts"),
        (E::OutflowLimit.into(), "the pool pays out again when the window has passed"),
        (E::WholesaleShort.into(), "more subscribers must activate first"),
        (I::Paused.into(), "identity's authority has paused this operation: try again later"),
        (I::Unauthorized.into(), "sign with the authority's keypair: --keypair"),
        (I::IssuerState.into(), "gesim smdp ci list tells the issuer's state"),
        (I::IssuerTooEarly.into(), "wait until the time that gesim smdp ci list shows, then confirm again"),
        (I::WrongIssuer.into(), "register the CA that issued it first: gesim smdp register <INTERMEDIATE>"),
        (I::Certificate.into(), "only certificates of SGP.26's profile, over P-256, can be registered"),
        (I::UnsupportedCurve.into(), "the chain verifies P-256 only: Brainpool certificates cannot be registered"),
        (I::NotYetValid.into(), "register it when its time has come"),
        (I::Expired.into(), "the operator must renew the certificate, and anyone may register the new one"),
        (I::Revoked.into(), "gesim smdp show lists the certificates; the operator needs another one"),
        (I::SessionState.into(), "gesim session show tells the session's state"),
        (I::SessionExpired.into(), "open another session, and go on without a pause: gesim session open"),
        (I::SessionLive.into(), "its wallet can close it, everybody else when it is over"),
        (I::WrongRole.into(), "a session needs a DPtls and a DPauth certificate: gesim smdp show"),
        (I::WrongSmdp.into(), "the server is another SM-DP+ than the session names: check the activation code"),
        (I::WrongClientRandom.into(), "the handshake answers another session: gesim session verify once more"),
        (I::WrongEuiccChallenge.into(), "use the eUICC that the session was opened with: --euicc"),
        (I::NotTheWallet.into(), "sign with the keypair of the session's wallet: --keypair"),
        (I::TreeFull.into(), "the registrar begins a new tree: gesim-registrar rotate-epoch"),
        (I::WrongTree.into(), "the registrar has begun a new tree: enrol again with gesim eid register"),
        (I::AlreadyEnrolled.into(), "the registrar must revoke the leaf first: gesim-registrar revoke"),
        (I::EnrolmentRevoked.into(), "enrol again: gesim eid register"),
        (I::UnknownRoot.into(), "the tree has moved on: run gesim eid prove again"),
        (I::InvalidProof.into(), "prove again with the credential of the session's eUICC: gesim eid prove"),
        (I::SessionUsed.into(), "a session binds once: gesim session open"),
        (I::BindingLive.into(), "gesim eid show tells when it ends; until then gesim eid rebind moves it"),
        (I::BindingExpired.into(), "gesim eid unbind closes it, then bind again: gesim eid bind"),
        (I::WrongBinding.into(), "prove with a credential of the binding's registrar, for the binding's plan"),
        (S::Paused.into(), "the program's authority has paused this operation: try again later"),
        (S::NotTheAuthority.into(), "sign with the keypair of the program's authority: --keypair"),
        (S::NotTheMno.into(), "sign with the operator's keypair: --keypair"),
        (S::NotTheMvno.into(), "sign with the virtual operator's keypair: --keypair"),
        (S::NotASide.into(), "sign with the keypair of the operator or of the virtual operator: --keypair"),
        (S::WrongAgreementState.into(), "gesim agreement show tells the agreement's state"),
        (S::WrongBatchState.into(), "gesim batch status tells the batch's state"),
        (S::NotVerified.into(), "verify all proofs first: gesim batch submit"),
        (S::OutOfOrder.into(), "somebody else has verified some of them: run gesim batch submit again"),
        (
            S::InvalidProof.into(),
            "run gesim batch submit again; if it stays, prove the batch again, or the keys differ: gesim doctor",
        ),
        (S::TooLate.into(), "the window is over: gesim batch status tells when it ended"),
        (
            S::TooEarly.into(),
            "wait for the end of the window, or have the other side agree: gesim batch accept, gesim period close --co-signer",
        ),
        (S::EmptyPool.into(), "subscribers must activate units before there is money for the operator"),
        (S::WrongTermsState.into(), "both sides sign a version before it rates anything: gesim agreement sign"),
        (S::WrongTerms.into(), "the period was rated anew meanwhile: run the command again, or name --terms"),
        (S::WrongContractHash.into(), "document and terms on-chain differ: gesim agreement check, gesim agreement sign"),
        (S::NotADraft.into(), "a signed version never changes: sign the changed document as a new one"),
        (S::StatementClosed.into(), "bill late records in a later period: the terms say how late they may be"),
        (S::StatementOpen.into(), "close the period first: gesim period close"),
        (S::StatementFull.into(), "gesim period grow makes room"),
        (S::NotEffective.into(), "gesim agreement versions tells from which period on each version counts"),
        (S::BadDispute.into(), "gesim batch status tells what is payable, and what claims have taken back already"),
        (S::AboveDispute.into(), "gesim batch status tells what is disputed: no more can be awarded"),
        (S::NotTheArbiter.into(), "sign with the keypair of the arbiter whom the batch's terms name: --keypair"),
        (S::NothingDue.into(), "gesim period show and gesim bond show tell what is billed and owed"),
        (S::NotADuplicate.into(), "gesim claim find looks for copies of one record"),
        (S::AlreadyClaimed.into(), "gesim claim list shows the records that are struck out"),
        (S::WrongMetadata.into(), "name the batch folder that the record's file was ingested to: --days"),
        (S::InsidePeriod.into(), "the terms admit records that began so late: nothing is wrong with it"),
        (S::WrongReverse.into(), "the reverse agreement of the terms must have the same period open and closed, too"),
        (S::BondHeld.into(), "gesim bond show tells until when it is held, and what is owed"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_hint_ok() {
        let mut numbers: Vec<u32> = hints().iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), hints().len());
    }
}
