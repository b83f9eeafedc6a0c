use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::UniformRand;
use tempfile::TempDir;

use super::*;
use crate::{Error, G1Projective, G2Projective};

fn g1(seed: u64) -> G1Affine {
    (G1Projective::from(G1Affine::generator()) * crate::Fr::from(seed)).into_affine()
}

fn g2(seed: u64) -> G2Affine {
    (G2Projective::from(G2Affine::generator()) * crate::Fr::from(seed)).into_affine()
}

fn raws(range: std::ops::Range<u64>) -> Vec<G1Raw> {
    range.map(|seed| g1_raw(&g1(seed)).unwrap()).collect()
}

/// A key of no circuit: distinct points everywhere.
fn parts(with_commitment: bool) -> KeyParts {
    KeyParts {
        identity: Identity { r1cs_digest: [7; 32], fingerprint: [9; 32] },
        sizes: Sizes { domain_log2: 3, wires: 9, public_inputs: 2, constraints: 5 },
        fixed: Fixed {
            alpha_g1: g1(2),
            beta_g1: g1(3),
            delta_g1: g1(4),
            beta_g2: g2(5),
            gamma_g2: g2(6),
            delta_g2: g2(7),
        },
        ic: vec![g1(8), g1(9), g1(10)],
        a: Query { wires: vec![0, 1, 8], points: raws(11..14) },
        b: BQuery {
            wires: vec![2, 3, 5, 7],
            g1: raws(14..18),
            g2: (18..22).map(|seed| g2_raw(&g2(seed)).unwrap()).collect(),
        },
        c: Query { wires: vec![3, 8], points: raws(22..24) },
        h: raws(30..38),
        commitment: with_commitment.then(|| CommitmentParts {
            wires: vec![7, 4],
            basis: raws(40..42),
            sigma_basis: raws(42..44),
            g: g2(44),
            minus_sigma_g: g2(45),
        }),
    }
}

fn file(parts: &KeyParts) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proving.key");
    write(&path, parts).unwrap();
    (folder, path)
}

/// The key read back as the parts it was written from.
fn read(key: &ProvingKey) -> KeyParts {
    KeyParts {
        identity: *key.identity(),
        sizes: *key.sizes(),
        fixed: *key.fixed(),
        ic: key.ic().to_vec(),
        a: Query { wires: key.a_wires().to_vec(), points: key.a().to_vec() },
        b: BQuery { wires: key.b_wires().to_vec(), g1: key.b_g1().to_vec(), g2: key.b_g2().to_vec() },
        c: Query { wires: key.c_wires().to_vec(), points: key.c().to_vec() },
        h: key.h().to_vec(),
        commitment: key.commitment_key().map(|[g, minus_sigma_g]| CommitmentParts {
            wires: key.committed_wires().to_vec(),
            basis: key.basis().to_vec(),
            sigma_basis: key.sigma_basis().to_vec(),
            g: *g,
            minus_sigma_g: *minus_sigma_g,
        }),
    }
}

#[test]
fn what_is_written_is_read() {
    for with_commitment in [false, true] {
        let parts = parts(with_commitment);
        let (_folder, path) = file(&parts);
        let key = ProvingKey::open(&path).unwrap();
        assert_eq!(read(&key), parts);
        assert!(key.check_points());
    }
}

#[test]
fn parts_that_do_not_fit_are_not_written() {
    let refuse = |change: fn(&mut KeyParts)| {
        let mut parts = parts(true);
        change(&mut parts);
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("proving.key"), &parts).unwrap_err();
        assert!(matches!(error, Error::Parts(_)), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    };
    refuse(|parts| parts.a.wires.swap(0, 1));
    refuse(|parts| parts.a.wires[2] = 9);
    refuse(|parts| parts.a.wires[1] = 0);
    refuse(|parts| parts.a.points.truncate(1));
    refuse(|parts| parts.b.g2.truncate(1));
    refuse(|parts| parts.ic.truncate(1));
    refuse(|parts| parts.h.truncate(1));
    refuse(|parts| parts.c.wires[0] = 2);
    refuse(|parts| parts.fixed.delta_g2 = G2Affine::identity());
    refuse(|parts| parts.sizes.constraints = 6);
    refuse(|parts| parts.sizes.domain_log2 = 28);
    // the commitment: a wire in C too, a public one, one twice, one that is not there, none at all
    for wire in [3, 2, 7, 9] {
        let mut parts = parts(true);
        parts.commitment.as_mut().unwrap().wires[1] = wire;
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(write(&folder.path().join("proving.key"), &parts), Err(Error::Parts(_))));
    }
    refuse(|parts| parts.commitment = Some(CommitmentParts::default()));
}

/// Every byte that is not part of a query's point or of the identity: changed, the file is refused, or it is another
/// valid key (a wire list can change within its order). Nothing panics.
#[test]
fn changed_files_are_refused_or_read_as_another_key() {
    let parts = parts(true);
    let (_folder, path) = file(&parts);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..64).chain(128..1600).chain([whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bytes).unwrap();
        match ProvingKey::open(&path) {
            Ok(key) => assert_ne!(read(&key), parts, "byte {at}"),
            Err(Error::File { .. }) => {}
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
    for bytes in [&whole[..whole.len() - 1], &whole[..127], &whole[..1]] {
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(ProvingKey::open(&path), Err(Error::File { .. })));
    }
    std::fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
    assert!(matches!(ProvingKey::open(&path), Err(Error::File { .. })));
}

/// The header is refused by itself, before anything of its size is reserved.
#[test]
fn headers_are_strict() {
    let (_folder, path) = file(&parts(true));
    let whole = std::fs::read(&path).unwrap();
    let refuse = |at: usize, value: u32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(ProvingKey::open(&path), Err(Error::File { .. })), "{value} at {at}");
    };
    refuse(0, 0);
    refuse(8, 2);
    for number in 3..11 {
        refuse(4 * number, u32::MAX);
    }
    refuse(12, 27);
    refuse(44, 1); // past the numbers
}

#[test]
fn points_off_the_curve_are_found() {
    let parts = parts(true);
    let mut bad = g1_raw(&g1(5)).unwrap();
    bad[0] ^= 1;
    assert!(g1_from_raw(&bad).is_none());
    assert!(g1_from_raw(&[u64::MAX; 8]).is_none());
    let changes: [fn(&mut KeyParts, G1Raw); 4] = [
        |parts, bad| parts.a.points[1] = bad,
        |parts, bad| parts.h[7] = bad,
        |parts, bad| parts.commitment.as_mut().unwrap().sigma_basis[1] = bad,
        |parts, bad| parts.b.g2[0][..8].copy_from_slice(&bad),
    ];
    for change in changes {
        let mut parts = parts.clone();
        change(&mut parts, bad);
        let (_folder, path) = file(&parts);
        assert!(!ProvingKey::open(&path).unwrap().check_points());
    }
}

#[test]
fn points_of_the_twist_outside_the_subgroup_are_refused() {
    let mut rng = rand::thread_rng();
    let outside = loop {
        let x = crate::Fq2::rand(&mut rng);
        let Some(point) = G2Affine::get_point_from_x_unchecked(x, false) else { continue };
        if !point.is_in_correct_subgroup_assuming_on_curve() {
            break point;
        }
    };
    assert!(g2_from_raw(&g2_raw(&outside).unwrap()).is_none());
}
