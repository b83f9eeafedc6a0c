//! Eight Poseidon hashes at a time. The parameters, with their partial rounds made sparse, are the caller's.

#[cfg(target_arch = "x86_64")]
mod lanes;

#[cfg(target_arch = "x86_64")]
pub use lanes::Poseidon8;

/// Parameters of one width T.
pub struct Parameters<F, const T: usize> {
    /// Constants added before the S-boxes of each full round; as many rounds before the partial ones as after.
    pub full: Vec<[F; T]>,
    /// The matrix after a full round.
    pub mds: [[F; T]; T],
    /// The matrix after the last full round before the partial ones, and the constants added with it.
    pub bridge: [[F; T]; T],
    pub bridge_constants: [F; T],
    pub partial: Vec<Sparse<F, T>>,
}

/// One partial round after the S-box: a constant, then the matrix of a first row, a first column and an identity.
pub struct Sparse<F, const T: usize> {
    pub constant: F,
    /// First row of the matrix.
    pub row: [F; T],
    /// First column. Its corner is the row's, and is not used here.
    pub column: [F; T],
}

impl<F, const T: usize> Parameters<F, T> {
    /// The same parameters in another form.
    pub fn map<G>(&self, form: impl Fn(&F) -> G) -> Parameters<G, T> {
        let row = |row: &[F; T]| row.each_ref().map(&form);
        let sparse = |round: &Sparse<F, T>| Sparse {
            constant: form(&round.constant),
            row: row(&round.row),
            column: row(&round.column),
        };
        Parameters {
            full: self.full.iter().map(row).collect(),
            mds: self.mds.each_ref().map(row),
            bridge: self.bridge.each_ref().map(row),
            bridge_constants: row(&self.bridge_constants),
            partial: self.partial.iter().map(sparse).collect(),
        }
    }
}

/// No other CPU has the lanes.
#[cfg(not(target_arch = "x86_64"))]
pub enum Poseidon8<const T: usize> {}

#[cfg(not(target_arch = "x86_64"))]
impl<const T: usize> Poseidon8<T> {
    pub fn new(_parameters: &Parameters<crate::Fr, T>) -> Option<Self> {
        None
    }

    pub fn hash(&self, _inputs: &[[crate::Fr; 8]]) -> [crate::Fr; 8] {
        match *self {}
    }
}
