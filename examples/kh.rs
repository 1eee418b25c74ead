use entroscope::backend::Backend;
use entroscope::data::Dataset;
use entroscope::kernels::rows::Rows;
use entroscope::kernels::{KhDrive, Kernel};
use entroscope::labs::wta::{hopfield::*, readout::*, split::split};
use std::time::Instant;
fn main() {
    let data = Dataset::bundled();
    let [train, test] = split(&data);
    let pixels = |l: &entroscope::labs::wta::split::Labelled| {
        let mut rows = Rows::new(784);
        for image in &l.images { rows.push(image.iter().map(|b| f32::from(*b) / 255.0).enumerate()); }
        rows
    };
    let (a, b) = (pixels(&train), pixels(&test));
    for ridge in [0.001, 0.01, 0.1, 0.3, 1.0] {
        let t = Instant::now();
        let mut f = Fitting::new(&a, &train.digits, ridge);
        let mut n = 0;
        let r = loop { n += 1; if let Some(r) = f.advance(&a) { break r; } };
        println!("pixels ridge {ridge}: {} train {} ({n} it, {:?})", r.accuracy(&b, &test.digits), r.accuracy(&a, &train.digits), t.elapsed());
    }
    let args: Vec<String> = std::env::args().collect();
    let epochs: u32 = args[1].parse().unwrap();
    for unit in [true, false] {
        let cols = |l: &entroscope::labs::wta::split::Labelled| -> Vec<f32> {
            l.images.iter().flat_map(|image| {
                let norm = image.iter().map(|b| (f32::from(*b) / 255.0).powi(2)).sum::<f32>().sqrt();
                image.iter().map(move |b| f32::from(*b) / 255.0 / if unit { norm } else { 1.0 })
            }).collect()
        };
        let (ti, ei) = (cols(&train), cols(&test));
        let mut backend = Backend::default();
        let rule = Competition { epochs, hidden: args[2].parse().unwrap(), ..Competition::default() };
        let mut h = Hopfield::new(rule, &ti, &mut backend);
        let t = Instant::now();
        for e in 0..epochs { h.epoch(&mut backend, e); }
        let took = t.elapsed();
        let read = pollster::block_on(backend.read(&[h.weights, h.wins, h.norms, h.record])).unwrap();
        let near = read[2].iter().filter(|n| (**n - 1.0).abs() < 0.05).count();
        println!("unit {unit}: {epochs} epochs {:?}; near {near}; ever won {}; record {:?}", took, read[1].iter().filter(|w| **w > 0.0).count(), read[3].last());
        let drive = |images: &[f32]| -> Vec<f32> {
            let n = images.len() as u32 / 784;
            let order: Vec<f32> = (0..n).map(|x| x as f32).collect();
            let mut out = vec![0.0; (rule.hidden * n) as usize];
            KhDrive { hidden: rule.hidden, pixels: 784, images: n, first: 0, samples: n, room: n, power: 1.0 }.compute(&[images, &order, &read[0]], &mut [&mut out]);
            out
        };
        let (td, ed) = (drive(&ti), drive(&ei));
        let hid = rule.hidden as usize;
        let mut votes = vec![[0; 10]; hid];
        let arg = |d: &[f32]| (0..hid).max_by(|a, b| d[*a].total_cmp(&d[*b])).unwrap();
        for (d, l) in td.chunks(hid).zip(&train.digits) { votes[arg(d)][*l as usize] += 1; }
        let cls: Vec<u8> = votes.iter().map(|v| (0..10u8).rev().max_by_key(|n| v[*n as usize]).unwrap()).collect();
        let right = ed.chunks(hid).zip(&test.digits).filter(|(d, l)| cls[arg(d)] == **l).count();
        println!("  votes {}", right as f64 / test.digits.len() as f64);
        for n in [1.0f32, 2.0, 4.5] {
            let rows = |d: &[f32]| { let mut rows = Rows::new(hid); for d in d.chunks(hid) { rows.push(d.iter().map(|d| d.max(0.0).powf(n)).enumerate()); } rows };
            let (a, b) = (rows(&td), rows(&ed));
            for ridge in [0.001, 0.01, 0.1] {
                let t = Instant::now();
                let r = Readout::of(&a, &train.digits, ridge);
                println!("  n {n} ridge {ridge}: {} {:?}", r.accuracy(&b, &test.digits), t.elapsed());
            }
        }
    }
}
