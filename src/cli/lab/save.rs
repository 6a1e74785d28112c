//! What the wire saw, as capture files: one for each place.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use super::judge::packet;
use synfin::capture::writer::PcapngWriter;
use synfin::lab::link::RAW;
use synfin::lab::tap::{Vantage, Wire};
use synfin::report::laboratory::ScenarioView;

/// Writes `NAME.client.pcapng`, `NAME.middle.pcapng` and `NAME.server.pcapng`.
///
/// # Errors
///
/// If the directory or a file cannot be written.
pub fn files(directory: &Path, name: &str, wire: &Wire) -> anyhow::Result<()> {
    let failed = |path: &Path, error| anyhow::anyhow!("cannot save packets in {}: {error}", path.display());
    fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
    for vantage in Vantage::ALL {
        let path = directory.join(format!("{name}.{}.pcapng", vantage.id()));
        write(&path, wire, vantage).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Writes `NAME.json`: what came of a scenario, with the kernels' own paths if they were heard.
///
/// # Errors
///
/// If the file cannot be written.
pub fn truth(directory: &Path, view: &ScenarioView) -> anyhow::Result<()> {
    let path = directory.join(format!("{}.json", view.name));
    let text = format!("{}\n", serde_json::to_string_pretty(view)?);
    fs::write(&path, text).map_err(|error| anyhow::anyhow!("cannot save {}: {error}", path.display()))
}

fn write(path: &Path, wire: &Wire, vantage: Vantage) -> std::io::Result<()> {
    let mut writer = PcapngWriter::new(BufWriter::new(File::create(path)?))?;
    writer.add_interface(vantage.id(), RAW, 0)?;
    for (frame, caught) in (1..).zip(wire.seen_at(vantage)) {
        writer.write(&packet(frame, caught))?;
    }
    writer.finish().map(drop)
}
