//! Prints what the tests measured: `cargo run -p gesim-tests --example compute_units`. Run the tests first; delete
//! `target/compute-units.log` before them to measure afresh.

use gesim_tests::compute;

fn main() {
    let table = compute::load();
    if table.is_empty() {
        eprintln!("nothing measured yet: run the program tests first");
        std::process::exit(1);
    }
    print!("{}", compute::markdown(&table));
}
