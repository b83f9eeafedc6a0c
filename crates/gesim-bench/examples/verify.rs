//! Prints the table of verification costs as JSON.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", serde_json::to_string_pretty(&gesim_bench::verify_costs()?)?);
    Ok(())
}
