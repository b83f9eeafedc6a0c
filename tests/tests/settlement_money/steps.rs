//! What the two sides do, and what is written down of it.

use super::*;

impl Game<'_> {
    /// Batches and notes.
    pub fn all(&self) -> Vec<Pubkey> {
        [self.batches.as_slice(), &self.notes].concat()
    }

    pub fn batch(&self, index: usize) -> Option<(Pubkey, Batch)> {
        pick(&self.all(), index).map(|at| (at, self.w.chain.fetch(&at)))
    }

    /// A disputed one mostly.
    pub fn disputed(&self, index: usize) -> Option<(Pubkey, Batch)> {
        let all = (0..self.all().len()).filter_map(|index| self.batch(index));
        let disputed: Vec<_> = all.filter(|(_, state)| state.state == BatchState::Disputed).map(|(at, _)| at).collect();
        match pick(&disputed, index) {
            Some(at) => Some((at, self.w.chain.fetch(&at))),
            None => self.batch(index),
        }
    }

    pub fn agreement(&self) -> Agreement {
        self.w.chain.fetch(&self.w.agreement)
    }

    /// The instruction of a step, when there is something for it to be about.
    pub fn instruction(&self, step: &Step) -> Option<Instruction> {
        let w = &self.w;
        Some(match *step {
            Step::Accept(b) => w.accept_batch(self.batch(b)?.0),
            Step::Dispute(b, share) => {
                let (at, state) = self.batch(b)?;
                let mut lanes = [0; 8];
                lanes[if state.kind == BatchKind::Note { 7 } else { b % 8 }] = state.invoice * share / 1_000;
                w.dispute_batch(at, lanes)
            }
            Step::Resolve(b, share) => {
                let (at, state) = self.disputed(b)?;
                w.resolve_batch(at, state.disputed * share / 1_000)
            }
            Step::Award(b, share) => {
                let (at, state) = self.disputed(b)?;
                w.award_batch(self.arbiter.pubkey(), at, state.disputed * share / 1_000)
            }
            Step::Expire(b) => w.expire_batch(self.batch(b)?.0),
            Step::Settle(b, pool) => {
                let (at, state) = self.batch(b)?;
                let ix = w.settle_batch(at, &self.pools[pool]);
                match state.prover_token == w.prover_token {
                    true => ix,
                    false => gesim_tests::settlement::replace(ix, &w.prover_token, &state.prover_token),
                }
            }
            Step::Duplicate(one, two) => {
                let one = pick(&self.shown, one)?;
                let copies: Vec<_> = self.shown.iter().copied().filter(|shown| shown.name == one.name).collect();
                w.claim_duplicate(&one.place, &pick(&copies, two)?.place)
            }
            Step::OutOfPeriod(record) => {
                let shown = pick(&self.shown, record)?;
                w.claim_out_of_period(&shown.place, day(shown.name), [shown.name; 32])
            }
            Step::CloseOpening(record) => w.close_opening(w.authority(), &pick(&self.shown, record)?.place),
            Step::Rerate(period, version, index) => w.rerate_statement(PERIODS[period], version, rate(index)),
            Step::Note(period) => w.issue_note(PERIODS[period]),
            Step::ClosePeriod(period, rarely) if rarely < RARELY => w.close_period_early(PERIODS[period]),
            Step::Commitment(period) => w.bill_commitment(PERIODS[period]),
            Step::Balance(period, _) => w.balance_statement(PERIODS[period], reverse(w)),
            Step::Grow(period) => w.grow_statement(PERIODS[period]),
            Step::Post(amount) => w.post_bond(w.operator.pubkey(), self.purse, amount),
            Step::Collect => w.collect_bond(),
            Step::Withdraw => w.withdraw_bond(),
            Step::Terminate(rarely) if rarely < RARELY => w.terminate_agreement(w.mvno.pubkey()),
            Step::Replay => self.last.clone()?,
            _ => return None,
        })
    }

    /// Most steps are refused most of the time: what counts is what is left behind. Returns whether it was not.
    pub fn play(&mut self, step: &Step) -> bool {
        let done = match step {
            Step::Wait(seconds) => {
                self.w.chain.warp_by(*seconds);
                true
            }
            Step::Balance(period, units) => {
                // the other direction's claims have changed its totals
                let other = seeds::statement(&reverse(self.w), PERIODS[*period]).0;
                self.w.edit(&other, |books: &mut Statement| books.lane_totals = [*units, units / 2, 0, 0, 0, 0, 0, 0]);
                self.instruction(step).is_some_and(|ix| self.send(ix))
            }
            Step::Commit(period, calls) => self.commit(*period, calls).is_some(),
            Step::Open(b) => pick(&self.batches, *b).is_some_and(|batch| self.open(batch)),
            Step::Bill(period, calls) => self.commit(*period, calls).is_some_and(|batch| self.open(batch)),
            _ => self.instruction(step).is_some_and(|ix| self.send(ix)),
        };
        let kind = format!("{step:?}").split('(').next().unwrap_or_default().to_string();
        *self.reached.entry(kind).or_default() += usize::from(done);
        done
    }

    pub fn send(&mut self, ix: Instruction) -> bool {
        let [operator, mvno] = [&self.w.operator, &self.w.mvno].map(|key| key.insecure_clone());
        let dues = self.statements().map(|statement| statement.debit_due);
        let payout = self.w.chain.balance(&self.w.payout);
        let Ok(meta) = self.w.chain.send(std::slice::from_ref(&ix), &[&operator, &mvno, self.arbiter]) else {
            self.last = Some(ix);
            return false;
        };
        self.note_down(&ix, &meta, dues, payout);
        self.last = Some(ix);
        true
    }

    /// What the chain does not keep.
    pub fn note_down(&mut self, ix: &Instruction, meta: &Meta, dues: [u64; 2], payout: u64) {
        use anchor_lang::Discriminator;
        for event in meta.events::<RecordStruck>() {
            let period = self.w.chain.fetch::<Batch>(&event.batch).period;
            let index = usize::from(period == PERIODS[1]);
            let spared = dues[index] - self.statements()[index].debit_due;
            let more = [event.price_fell, event.charge, spared];
            self.struck[index].iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            self.penalties += event.penalty;
        }
        if ix.data.starts_with(settlement::instruction::WithdrawBond::DISCRIMINATOR) {
            self.withdrawn += self.w.chain.balance(&self.w.payout) - payout;
        }
        if ix.data.starts_with(settlement::instruction::IssueNote::DISCRIMINATOR) {
            let w = &*self.w;
            let notes = |period| (0..w.statement(period).notes).map(move |number| w.note(period, number));
            self.notes = PERIODS.into_iter().flat_map(notes).collect();
        }
    }

    pub fn commit(&mut self, period: usize, calls: &[Call]) -> Option<Pubkey> {
        let sequence = self.batches.len() as u32 + 1;
        let at = seeds::batch(&self.w.agreement, PERIODS[period], sequence).0;
        let ix = self.w.commit_batch(PERIODS[period], sequence, &gesim_tests::settlement::commitment());
        self.send(ix).then(|| {
            self.batches.push(at);
            self.pending.insert(at, calls.to_vec());
            at
        })
    }

    /// Opens the totals; the records are shown as `open_record` keeps them: opening proofs have their own tests.
    pub fn open(&mut self, batch: Pubkey) -> bool {
        let state: Batch = self.w.chain.fetch(&batch);
        let Some(calls) = self.pending.get(&batch).cloned().filter(|_| state.state == BatchState::Committed) else {
            return false;
        };
        let ix = self.w.unproven_totals(&batch, totals(&calls));
        if !self.send(ix) {
            return false;
        }
        for (position, (name, lane, value)) in (0..).zip(calls) {
            let place = Place { batch, chunk: 0, position };
            self.show(&state, &place, (name, lane, value));
            self.shown.push(Shown { place, name, lane, value, period: state.period });
        }
        true
    }

    pub fn show(&mut self, batch: &Batch, place: &Place, (name, lane, value): Call) {
        let (address, bump) = seeds::opening(&place.batch, place.chunk, place.position);
        let opening = Opening {
            version: BOOKS_VERSION,
            bump,
            claimed: false,
            agreement: batch.agreement,
            batch: place.batch,
            period: batch.period,
            sequence: batch.sequence,
            chunk: place.chunk,
            position: place.position,
            lane,
            value,
            record_id: sha256_field(&[&[name][..]]),
            meta_digest: meta_digest(day(name), &[name; 32]),
            payer: self.w.authority(),
            reserved: [0; 64],
        };
        let mut data = Vec::new();
        opening.try_serialize(&mut data).expect("it serialises");
        let lamports = self.w.chain.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: settlement::ID, executable: false, rent_epoch: u64::MAX };
        self.w.chain.svm.set_account(address, account).expect("set");
    }
}
