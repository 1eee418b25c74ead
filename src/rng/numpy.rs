//! NumPy's legacy generator, `numpy.random.RandomState`: what `np.random.seed(n)` and its functions draw.
//!
//! Source: NumPy's documented legacy streams (frozen by NEP 19). Doubles have 53 bits from two words; normals are Marsaglia's polar
//! method; bounded integers are masked words, drawn again until they fit.

use rand_mt::Mt;

/// A stream equal to that of `numpy.random.RandomState(seed)`.
#[derive(Clone, Debug)]
pub struct NumpyRng {
    words: Mt,
    /// The polar method makes two normals at a time; the second waits here for the next call.
    spare_normal: Option<f64>,
}

impl NumpyRng {
    /// `RandomState(seed)`.
    pub fn new(seed: u32) -> Self {
        Self { words: Mt::new(seed), spare_normal: None }
    }

    /// The next word of the Mersenne Twister.
    pub fn next_u32(&mut self) -> u32 {
        self.words.next_u32()
    }

    /// `random_sample()`: one number in [0, 1), a multiple of 2⁻⁵³.
    pub fn next_f64(&mut self) -> f64 {
        let high = f64::from(self.next_u32() >> 5);
        let low = f64::from(self.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0 // (high·2²⁶ + low) / 2⁵³
    }

    /// `random_sample(n)`: `n` numbers in [0, 1).
    pub fn random_sample(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.next_f64()).collect()
    }

    /// `uniform(low, high, n)`: `n` numbers in [low, high).
    pub fn uniform(&mut self, low: f64, high: f64, n: usize) -> Vec<f64> {
        let width = high - low;
        (0..n).map(|_| low + width * self.next_f64()).collect()
    }

    /// `randn(n)`: `n` standard normals. An odd `n` leaves one over, which the next call begins with.
    pub fn randn(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.next_normal()).collect()
    }

    fn next_normal(&mut self) -> f64 {
        if let Some(normal) = self.spare_normal.take() {
            return normal;
        }
        loop {
            let x = 2.0 * self.next_f64() - 1.0;
            let y = 2.0 * self.next_f64() - 1.0;
            let squared = x * x + y * y;
            if squared < 1.0 && squared != 0.0 {
                let scale = libm::sqrt(-2.0 * libm::log(squared) / squared);
                self.spare_normal = Some(scale * x);
                return scale * y;
            }
        }
    }

    /// `randint(low, high, n)`: `n` integers in low..high.
    ///
    /// # Panics
    /// Unless low..high holds between 1 and 2³² integers.
    pub fn randint(&mut self, low: i64, high: i64, n: usize) -> Vec<i64> {
        let last = high.checked_sub(low).and_then(|count| u32::try_from(count.checked_sub(1)?).ok());
        let last = last.unwrap_or_else(|| panic!("randint: {low}..{high} must hold between 1 and 2^32 integers"));
        (0..n).map(|_| low + i64::from(self.at_most(last))).collect()
    }

    /// `shuffle(items)`: in place, from the last item down.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let bound = u32::try_from(i).expect("no list here has more than 2^32 items");
            items.swap(i, self.at_most(bound) as usize);
        }
    }

    /// `permutation(n)`: 0..n, shuffled.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }

    /// An integer in 0..=last; no word is drawn when only 0 is possible.
    fn at_most(&mut self, last: u32) -> u32 {
        if last == 0 {
            return 0;
        }
        let mask = u32::MAX >> last.leading_zeros();
        loop {
            let candidate = self.next_u32() & mask;
            if candidate <= last {
                return candidate;
            }
        }
    }
}
