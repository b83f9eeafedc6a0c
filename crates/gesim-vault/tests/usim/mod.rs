//! The card's side, written apart from the vault: its own AES, its own Milenage, its own window of sequence numbers.
#![allow(dead_code)] // every test file takes what it needs

pub type Block = [u8; 16];

/// Multiplication in GF(2^8), bit by bit.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut out = 0;
    while b != 0 {
        if b & 1 == 1 {
            out ^= a;
        }
        a = a << 1 ^ if a & 0x80 != 0 { 0x1b } else { 0 };
        b >>= 1;
    }
    out
}

/// The S-box from its definition: the inverse, then the affine map.
fn sbox() -> [u8; 256] {
    std::array::from_fn(|x| {
        let x = x as u8;
        let inverse = (1..=255).find(|y| times(x, *y) == 1).unwrap_or(0);
        (0..5).fold(0x63, |out, turn| out ^ inverse.rotate_left(turn))
    })
}

pub struct Aes {
    sbox: [u8; 256],
    keys: Vec<Block>,
}

impl Aes {
    pub fn new(key: &Block) -> Self {
        let sbox = sbox();
        let mut keys = vec![*key];
        let mut constant = 1;
        for round in 0..10 {
            let last = keys[round];
            let mut next = [0; 16];
            for i in 0..16 {
                let before = match i {
                    0..=3 => sbox[last[12 + (i + 1) % 4] as usize] ^ if i == 0 { constant } else { 0 },
                    _ => next[i - 4],
                };
                next[i] = last[i] ^ before;
            }
            constant = times(constant, 2);
            keys.push(next);
        }
        Self { sbox, keys }
    }

    pub fn encrypt(&self, block: &Block) -> Block {
        let mut state = xor(block, &self.keys[0]);
        for round in 1..=10 {
            let moved: Block = std::array::from_fn(|i| self.sbox[state[(i + 4 * (i % 4)) % 16] as usize]);
            let mixed: Block = std::array::from_fn(|i| {
                let at = |step: usize| moved[i / 4 * 4 + (i + step) % 4];
                times(at(0), 2) ^ times(at(1), 3) ^ at(2) ^ at(3)
            });
            state = xor(if round == 10 { &moved } else { &mixed }, &self.keys[round]);
        }
        state
    }
}

fn xor(a: &Block, b: &Block) -> Block {
    std::array::from_fn(|i| a[i] ^ b[i])
}

/// A card: 32 rows of sequence numbers.
pub struct Usim {
    aes: Aes,
    opc: Block,
    pub rows: [u64; 32],
}

#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    pub res: [u8; 8],
    pub ck: Block,
    pub ik: Block,
    pub sqn: u64,
    pub hidden: [u8; 6],
}

#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    Mac,
    /// The token with which the card asks the vault to catch up.
    Sync([u8; 14]),
}

impl Usim {
    pub fn new(k: &Block, opc: &Block) -> Self {
        Self { aes: Aes::new(k), opc: *opc, rows: [0; 32] }
    }

    /// OUT of TS 35.206 for an input block, its rotation in bits, its constant.
    fn out(&self, rand: &Block, sqn_amf: Option<[u8; 8]>, turn: u32, constant: u128) -> Block {
        let temp = self.aes.encrypt(&xor(rand, &self.opc));
        let opc = u128::from_be_bytes(self.opc);
        let mixed = match sqn_amf {
            Some(half) => {
                let twice = u128::from(u64::from_be_bytes(half));
                u128::from_be_bytes(temp) ^ ((twice << 64 | twice) ^ opc).rotate_left(turn) ^ constant
            }
            None => (u128::from_be_bytes(temp) ^ opc).rotate_left(turn) ^ constant,
        };
        xor(&self.aes.encrypt(&mixed.to_be_bytes()), &self.opc)
    }

    pub fn macs(&self, rand: &Block, sqn: u64, amf: u16) -> ([u8; 8], [u8; 8]) {
        let out = self.out(rand, Some((sqn << 16 | u64::from(amf)).to_be_bytes()), 64, 0);
        (out[..8].try_into().expect("8"), out[8..].try_into().expect("8"))
    }

    /// What the card does with RAND and AUTN.
    pub fn authenticate(&mut self, rand: &Block, autn: &Block) -> Result<Accepted, Refused> {
        let out2 = self.out(rand, None, 0, 1);
        let hidden: [u8; 6] = autn[..6].try_into().expect("6");
        let sqn = (0..6).fold(0, |sqn, i| sqn << 8 | u64::from(hidden[i] ^ out2[i]));
        let amf = u16::from_be_bytes([autn[6], autn[7]]);
        if self.macs(rand, sqn, amf).0 != autn[8..] {
            return Err(Refused::Mac);
        }
        let (seq, row) = (sqn >> 5, (sqn & 31) as usize);
        let newest = self.newest() >> 5;
        if seq <= self.rows[row] >> 5 || seq.saturating_sub(newest) > 1 << 28 {
            return Err(Refused::Sync(self.auts(rand)));
        }
        self.rows[row] = sqn;
        let res = out2[8..].try_into().expect("8");
        Ok(Accepted { res, ck: self.out(rand, None, 32, 2), ik: self.out(rand, None, 64, 4), sqn, hidden })
    }

    /// The highest number the card has accepted.
    pub fn newest(&self) -> u64 {
        self.rows.into_iter().max().unwrap_or(0)
    }

    pub fn auts(&self, rand: &Block) -> [u8; 14] {
        let key = self.out(rand, None, 96, 8);
        let sqn = self.newest();
        let bytes = sqn.to_be_bytes();
        let mac = self.macs(rand, sqn, 0).1;
        std::array::from_fn(|i| if i < 6 { bytes[i + 2] ^ key[i] } else { mac[i - 6] })
    }
}
