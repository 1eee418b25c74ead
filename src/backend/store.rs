//! The tensors of a backend: those of the run, and those that outlive it because the next run may want them again.

use super::Tensor;

/// Tensors by index; `T` is what holds one.
pub(super) struct Store<T> {
    items: Vec<Option<T>>,
    kept: Vec<Kept>,
}

/// Tensors under a name.
struct Kept {
    name: String,
    tensors: Vec<Tensor>,
    /// The run asks for them.
    wanted: bool,
    /// The passes that make them have been submitted.
    made: bool,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { items: Vec::new(), kept: Vec::new() }
    }
}

impl<T> Store<T> {
    /// Adds a tensor and returns its index.
    pub fn add(&mut self, item: T) -> usize {
        let free = self.items.iter().position(Option::is_none).unwrap_or_else(|| {
            self.items.push(None);
            self.items.len() - 1
        });
        self.items[free] = Some(item);
        free
    }

    /// Puts a tensor where another store has it.
    pub fn put(&mut self, index: usize, item: T) {
        if self.items.len() <= index {
            self.items.resize_with(index + 1, || None);
        }
        self.items[index] = Some(item);
    }

    /// Whether there is a tensor of this index.
    pub fn has(&self, index: usize) -> bool {
        self.items.get(index).is_some_and(Option::is_some)
    }

    /// What holds a tensor.
    pub fn get(&self, tensor: Tensor) -> &T {
        self.items[tensor.index].as_ref().expect("a tensor is used while its run lasts")
    }

    /// What holds a tensor, to be changed.
    pub fn get_mut(&mut self, tensor: Tensor) -> &mut T {
        self.items[tensor.index].as_mut().expect("a tensor is used while its run lasts")
    }

    /// The tensors kept under a name.
    pub fn find(&mut self, name: &str) -> Option<Vec<Tensor>> {
        let kept = self.kept.iter_mut().find(|kept| kept.name == name)?;
        kept.wanted = true;
        Some(kept.tensors.clone())
    }

    /// Keeps tensors under a name.
    pub fn keep(&mut self, name: &str, tensors: &[Tensor]) {
        self.kept.push(Kept { name: name.into(), tensors: tensors.to_vec(), wanted: true, made: false });
    }

    /// Whether other runs may see the tensor.
    pub fn is_kept(&self, tensor: Tensor) -> bool {
        self.kept.iter().flat_map(|kept| &kept.tensors).any(|kept| kept.index == tensor.index)
    }

    /// All passes so far have been submitted.
    pub fn submitted(&mut self) {
        self.kept.iter_mut().for_each(|kept| kept.made = true);
    }

    /// Ends a run: takes out all tensors but those that it wanted kept.
    pub fn clear(&mut self) -> Vec<T> {
        self.kept.retain(|kept| kept.wanted && kept.made);
        let stays = |index| self.kept.iter().flat_map(|kept| &kept.tensors).any(|tensor| tensor.index == index);
        let goes: Vec<usize> = (0..self.items.len()).filter(|index| !stays(*index)).collect();
        self.kept.iter_mut().for_each(|kept| kept.wanted = false);
        goes.into_iter().filter_map(|index| self.items[index].take()).collect()
    }
}
