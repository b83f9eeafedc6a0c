//! The compiler's `.sym` file: one signal a line, `label,wire,component,name`; wire -1 was simplified away.

/// The name of each wire. A wire with several takes the shortest, and of these the first: inputs of the main
/// component come before what is inside of others.
pub fn parse(text: &str, wires: u32) -> Result<Vec<String>, String> {
    let mut names = vec![String::new(); wires as usize];
    for (number, line) in (1..).zip(text.lines()) {
        let mut fields = line.splitn(4, ',');
        let (label, wire, component, name) = (fields.next(), fields.next(), fields.next(), fields.next());
        let numbers = [label, component].map(|field| field.is_some_and(|field| field.parse::<u64>().is_ok()));
        let wire = wire.and_then(|wire| wire.parse::<i64>().ok());
        let (Some(wire), Some(name), [true, true]) = (wire, name, numbers) else {
            return Err(format!("line {number} is not label, wire, component and name"));
        };
        if wire == -1 {
            continue;
        }
        let slot = usize::try_from(wire).ok().and_then(|wire| names.get_mut(wire));
        let slot = slot.ok_or_else(|| format!("line {number}: there is no wire {wire}"))?;
        if slot.is_empty() || name.len() < slot.len() {
            name.clone_into(slot);
        }
    }
    Ok(names)
}
