//! What must be true after every step, and at the end.

use super::*;

impl Game<'_> {
    pub fn statements(&self) -> [Statement; 2] {
        PERIODS.map(|period| self.w.statement(period))
    }

    pub fn claimed(&self, shown: &Shown) -> bool {
        let at = shown.place.opening();
        self.w.chain.exists(&at) && self.w.chain.fetch::<Opening>(&at).claimed
    }

    /// Everything that must be true after every step.
    pub fn check(&self) {
        let (chain, agreement) = (&self.w.chain, self.agreement());
        let batches: Vec<Batch> = self.all().iter().map(|at| chain.fetch(at)).collect();
        let sum = |ask: &dyn Fn(&Batch) -> u64| batches.iter().map(ask).sum::<u64>();
        agreement.invariant().expect("the agreement holds");
        batches.iter().for_each(|batch| batch.invariant().expect("the batch holds"));

        // tokens
        let [bond, home, payout, prover, purse] =
            [self.w.bond(), self.home, self.w.payout, self.w.prover_token, self.purse].map(|at| chain.balance(&at));
        let pools: u64 = self.pools.iter().map(|pool| chain.balance(&pool.vault) + chain.balance(&pool.treasury)).sum();
        let everything = bond + home + payout + prover + purse + pools;
        assert_eq!(everything, chain.supply(&self.w.coin.mint), "money is conserved");
        assert_eq!(agreement.bond, bond);
        assert_eq!(prover, sum(&|batch| batch.reward_paid), "the prover has its rewards");
        let received = payout - self.withdrawn + prover;
        assert_eq!(received, sum(&|batch| batch.paid), "what was paid has arrived");
        assert_eq!(PURSE, purse + bond + home + self.withdrawn, "the bond went to the MVNO or back");

        // what is owed
        for batch in &batches {
            assert!(batch.paid + batch.set_off <= batch.payable && batch.payable + batch.disputed <= batch.invoice);
        }
        assert_eq!(agreement.owed_total - agreement.repaid_total, agreement.owed);
        assert_eq!(agreement.repaid_total, sum(&|batch| batch.set_off) + home, "set off or collected");
        let statements = self.statements();
        let credited: u64 = statements.iter().map(|statement| statement.credited + statement.clawed).sum();
        assert_eq!(agreement.owed_total, credited);
        let charges: u64 = self.struck.iter().map(|[_, charge, _]| charge).sum();
        assert_eq!(statements.iter().map(|statement| statement.clawed).sum::<u64>(), charges + self.penalties);

        for (statement, struck) in statements.iter().zip(self.struck) {
            self.check_period(statement, struck, &batches);
        }
        let billed: u64 = statements.iter().map(|statement| statement.billed).sum();
        let kept = i128::from(received) - i128::from(home) - i128::from(agreement.owed);
        assert!(kept <= i128::from(billed), "the MNO keeps {kept} of {billed}");
        self.check_progress(&statements);
        for name in 0..5 {
            let copies: Vec<_> = self.shown.iter().filter(|shown| shown.name == name).collect();
            let left = copies.iter().any(|shown| !self.claimed(shown));
            assert!(copies.is_empty() || name == STRAY || left, "one copy stays");
        }
    }

    pub fn check_period(&self, statement: &Statement, [fell, charge, spared]: [u64; 3], batches: &[Batch]) {
        statement.invariant().expect("the statement holds");
        let mut left = [0; 8];
        let shown = self.shown.iter().filter(|shown| shown.period == statement.period && !self.claimed(shown));
        shown.for_each(|shown| left[usize::from(shown.lane)] += shown.value);
        assert_eq!(statement.lane_totals, left, "the books hold what is billed and not struck");
        let rated = statement.rate(&self.agreement(), &self.w.terms(statement.terms)).expect("it can be rated");
        assert_eq!((rated.billed, rated.amounts), (statement.billed, statement.lane_amounts));

        let own = || batches.iter().filter(|batch| batch.period == statement.period && batch.is_opened());
        let invoiced: u64 = own().map(|batch| batch.invoice).sum();
        let billed = invoiced + statement.debit_due + spared - statement.credited - fell;
        assert_eq!(statement.billed, billed, "invoices and what waits, less what goes back, is the price");
        // at most so much is ever to be had for the period, when all that is still disputed is won
        let claims: u64 = own().map(|batch| batch.payable + batch.disputed).sum();
        let most = i128::from(claims + statement.debit_due) - i128::from(statement.credited + charge);
        assert!(most <= i128::from(statement.billed), "{most} for {}", statement.billed);
        // the history explains the price
        let mut before = 0;
        for entry in &statement.entries {
            assert_eq!(entry.before, before);
            before = entry.after;
        }
        assert_eq!(before, statement.billed);
    }

    /// Every version has counted the periods it rates, once.
    pub fn check_progress(&self, statements: &[Statement; 2]) {
        for number in 1..=VERSIONS {
            let terms: Terms = self.w.terms(number);
            let rated = statements.iter().filter(|statement| statement.terms == number);
            let counted: u64 =
                rated.map(|statement| statement.toward(&statement.lane_amounts, &terms).expect("it counts")).sum();
            assert_eq!(terms.toward, counted, "version {number}");
        }
    }

    /// Everybody waits, pays and leaves: nothing stays locked.
    pub fn wind_up(&mut self) {
        self.w.chain.warp_by(i64::from(PROVE) + i64::from(DISPUTE) + i64::from(RESOLVE) + 3);
        for period in 0..2 {
            self.play(&Step::Note(period));
        }
        self.w.chain.warp_by(i64::from(DISPUTE) + 1);
        for index in 0..self.all().len() {
            self.play(&Step::Expire(index));
            self.play(&Step::Settle(index, 2));
            self.play(&Step::Settle(index, 2));
        }
        self.check();
        for (at, state) in (0..self.all().len()).filter_map(|index| self.batch(index)) {
            let ended = matches!(state.state, BatchState::Settled | BatchState::Cancelled);
            assert!(ended, "{at} is {:?}", state.state);
            assert_eq!(state.paid + state.set_off, state.payable);
        }
        self.play(&Step::Collect);
        self.play(&Step::Terminate(0));
        self.w.chain.warp_by(i64::from(PROVE + DISPUTE + RESOLVE + BOND_HOLD) + 1);
        self.play(&Step::Withdraw);
        self.check();
        let agreement = self.agreement();
        assert_eq!(agreement.state, AgreementState::Terminated);
        assert!(agreement.bond == 0, "owed {}: the bond is paid out or back", agreement.owed);
    }
}
