//! The eight-lane path: windows sorted, buckets summed, and the buckets of a window to one point a bit.

use super::adder::{Adder, MAX_BASES, NONE};
use super::digits::{classes, sort, Sorted, Windows};
use super::point::{convert, restore, Point};
use crate::Scalar;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Points a task sums, and at most of one bucket: what a core's cache holds of sums, and small enough to share evenly.
const TASK: usize = 1 << 15;
/// Buckets a task turns into bits, at least: enough that its last, short rounds do not count.
const BUCKETS: usize = 1 << 16;

/// One window of one class, sorted.
struct Window {
    class: usize,
    windows: Windows,
    index: u32,
    sorted: Sorted,
}

impl Window {
    /// Buckets without points left out, large ones cut: bucket and number of points.
    fn pieces(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.sorted.counts.iter().enumerate().flat_map(|(bucket, &count)| {
            let count = count as usize;
            (0..count).step_by(TASK).map(move |from| (bucket, TASK.min(count - from)))
        })
    }
}

/// The scalars of one class and their bases.
struct Class<const D: usize> {
    windows: Windows,
    points: Vec<Point<D>>,
    offsets: Vec<Scalar>,
}

/// For each class of scalars, points and the bits they count for: the result is the sum of 2^bit times the points, whose
/// coordinates have R = 2^256. `words` holds 2 D numbers a base.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn sums<const D: usize>(words: &[[u64; 4]], scalars: &[Scalar]) -> Vec<Vec<(u32, Point<D>)>> {
    let classes: Vec<Class<D>> = classes(scalars)
        .into_iter()
        .map(|(windows, members)| {
            assert!(members.len() < MAX_BASES, "references have 30 bits");
            let offsets = members.par_iter().map(|&i| windows.offset(&scalars[i as usize])).collect();
            Class { windows, points: gather(words, &members), offsets }
        })
        .collect();
    let sorted: Vec<Window> = classes
        .iter()
        .enumerate()
        .flat_map(|(class, c)| (0..c.windows.count).map(move |index| (class, index)))
        .collect::<Vec<_>>()
        .into_par_iter()
        .with_max_len(1)
        .map(|(class, index)| {
            let Class { windows, offsets, .. } = &classes[class];
            Window { class, windows: *windows, index, sorted: sort(*windows, index, offsets) }
        })
        .collect();
    let pieces: Vec<Vec<Point<D>>> = sum_pieces(&classes, &sorted);
    let mut out = vec![Vec::new(); classes.len()];
    for (class, bit, point) in sum_bits(&sorted, &pieces) {
        out[class].push((bit, point));
    }
    out
}

/// The members' points, as the lanes compute with them.
#[target_feature(enable = "avx512f,avx512ifma")]
fn gather<const D: usize>(words: &[[u64; 4]], members: &[u32]) -> Vec<Point<D>> {
    let mut points = vec![Point::INFINITY; members.len()];
    points.par_chunks_mut(1 << 12).zip(members.par_chunks(1 << 12)).for_each(|(points, members)| {
        for (points, members) in points.chunks_mut(8).zip(members.chunks(8)) {
            let at = |i: usize| members[i.min(members.len() - 1)] as usize;
            let stored = std::array::from_fn(|i| &words[2 * D * at(i)..][..2 * D]);
            points.copy_from_slice(&convert(stored)[..points.len()]);
        }
    });
    points
}

/// The sum of each piece of each window.
#[target_feature(enable = "avx512f,avx512ifma")]
fn sum_pieces<const D: usize>(classes: &[Class<D>], sorted: &[Window]) -> Vec<Vec<Point<D>>> {
    /// Neighbouring pieces of a window: their points, and how many each has.
    struct Task<'a> {
        window: usize,
        references: &'a [u32],
        counts: Vec<u32>,
    }
    let mut tasks = Vec::new();
    for (window, w) in sorted.iter().enumerate() {
        let (mut left, mut counts, mut size) = (&w.sorted.references[..], Vec::new(), 0);
        for (_, count) in w.pieces() {
            if size + count > TASK {
                let (references, rest) = left.split_at(size);
                tasks.push(Task { window, references, counts: std::mem::take(&mut counts) });
                (left, size) = (rest, 0);
            }
            counts.push(count as u32);
            size += count;
        }
        tasks.push(Task { window, references: left, counts });
    }
    // Each thread takes the next task, and keeps its memory from one to the next.
    let next = AtomicUsize::new(0);
    let work = |_| {
        let (mut adder, mut done) = (Adder::new(Vec::new()), Vec::new());
        while let Some((i, task)) = Some(next.fetch_add(1, Relaxed)).and_then(|i| Some((i, tasks.get(i)?))) {
            adder.clear();
            let bases = &classes[sorted[task.window].class].points;
            let sums = adder.reduce_bases(bases, task.references.to_vec(), task.counts.clone());
            done.push((i, sums.into_iter().map(|sum| adder.sum(sum)).collect()));
        }
        done
    };
    let threads = rayon::current_num_threads();
    let mut done: Vec<(usize, Vec<Point<D>>)> =
        (0..threads).into_par_iter().with_max_len(1).flat_map_iter(work).collect();
    done.sort_by_key(|(i, _)| *i);
    let mut out: Vec<Vec<Point<D>>> = sorted.iter().map(|_| Vec::new()).collect();
    for (task, (_, sums)) in tasks.iter().zip(done) {
        out[task.window].extend(sums);
    }
    out
}

/// From buckets to bits: a bucket k counts k times, so for each bit the buckets with that bit are summed. One level a bit,
/// from the lowest: the odd buckets belong to it, and 2k and 2k + 1 become bucket k of the next level.
#[target_feature(enable = "avx512f,avx512ifma")]
fn sum_bits<const D: usize>(sorted: &[Window], pieces: &[Vec<Point<D>>]) -> Vec<(usize, u32, Point<D>)> {
    let mut tasks: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut from, mut buckets) = (0, 0);
    for (i, window) in sorted.iter().enumerate() {
        buckets += window.windows.buckets();
        if buckets >= BUCKETS || i + 1 == sorted.len() {
            tasks.push(from..i + 1);
            (from, buckets) = (i + 1, 0);
        }
    }
    tasks
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|range| bits_of(&sorted[range.clone()], &pieces[range]))
        .collect()
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn bits_of<const D: usize>(sorted: &[Window], pieces: &[Vec<Point<D>>]) -> Vec<(usize, u32, Point<D>)> {
    let mut points = Vec::with_capacity(3 * pieces.iter().map(Vec::len).sum::<usize>() + 64);
    points.extend(pieces.iter().flatten());
    let mut adder = Adder::new(points);
    // Buckets whole again: most are one piece.
    let mut counts: Vec<u32> = sorted.iter().flat_map(|w| vec![0; w.windows.buckets()]).collect();
    let (mut members, mut start) = (Vec::new(), 0);
    let mut piece = 0;
    for window in sorted {
        for (bucket, _) in window.pieces() {
            if adder.finite(piece as u32) != NONE {
                counts[start + bucket] += 1;
                members.push(piece as u32);
            }
            piece += 1;
        }
        start += window.windows.buckets();
    }
    let all = adder.reduce(members, counts);
    let (mut levels, mut rest) = (Vec::new(), &all[..]);
    let (mut weights, mut groups, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    let mut group = |class: usize, bit: u32, members: &mut dyn Iterator<Item = u32>| {
        let before = groups.len();
        groups.extend(members.filter(|&member| member != NONE));
        sizes.push((groups.len() - before) as u32);
        weights.push((class, bit));
    };
    for window in sorted {
        let (buckets, others) = rest.split_at(window.windows.buckets());
        rest = others;
        // Bucket 0 is the largest digit's.
        let top = window.windows.width * (window.index + 1) - 1;
        group(window.class, top, &mut std::iter::once(buckets[0]));
        let mut level = buckets.to_vec();
        level[0] = NONE;
        levels.push(level);
    }
    let mut pairs = Vec::new();
    for bit in 0..sorted.iter().map(|w| w.windows.width - 1).max().unwrap_or(0) {
        let first = adder.next();
        for (window, level) in sorted.iter().zip(&mut levels).filter(|(_, level)| level.len() > 1) {
            let weight = window.windows.width * window.index + bit;
            group(window.class, weight, &mut level.iter().skip(1).step_by(2).copied());
            let upper = |pair: &[u32; 2]| match *pair {
                [NONE, one] | [one, NONE] => one,
                [a, b] => {
                    pairs.push(u64::from(a) | u64::from(b) << 32);
                    first + (pairs.len() - 1) as u32
                }
            };
            *level = level.as_chunks().0.iter().map(upper).collect();
        }
        if adder.add(&mut pairs) {
            levels.iter_mut().flatten().for_each(|member| *member = adder.finite(*member));
        }
        pairs.clear();
    }
    let sums: Vec<Point<D>> = adder.reduce(groups, sizes).into_iter().map(|sum| adder.sum(sum)).collect();
    let mut out = Vec::new();
    for (weights, sums) in weights.chunks(8).zip(sums.chunks(8)) {
        let mut eight = [Point::INFINITY; 8];
        eight[..sums.len()].copy_from_slice(sums);
        out.extend(weights.iter().zip(restore(&eight)).map(|(&(class, bit), point)| (class, bit, point)));
    }
    out
}
