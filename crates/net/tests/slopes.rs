//! What learning is told of each weight is what changing that weight does.

use ndarray::Array2;
use net::{Counts, Network, Random, Sizes, Text, Truth};

fn network() -> Network {
    Network::new(Sizes {
        word: 5,
        signs: 2,
        features: 3,
        width: 6,
        labels: 3,
        speaks: 4,
        questions: vec![(1, 3), (2, 2)],
    })
}

fn text(random: &mut Random) -> Text {
    let words = vec![3, 1, 4, 0, 1, 2, 0, 5, 3, 3, 1, 0];
    let mut signs = Array2::from_shape_simple_fn((words.len(), 2), || random.share().round());
    for row in [3, 6, 11] {
        signs.row_mut(row).fill(0.0);
    }
    let features = Array2::from_shape_simple_fn((3, 3), || random.share());
    Text { words, signs, sentences: vec![0..3, 4..6, 7..11], features }
}

fn truth() -> Truth {
    let labels = ndarray::array![[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]];
    Truth { sentences: Some((labels, vec![3, 0, 2])), answers: vec![vec![Some(1)], vec![None, Some(0)]] }
}

fn counts() -> Counts {
    Counts { labels: 0.7, silent: 0.5, spoken: 2.0, questions: vec![1.0, 0.6], smooth: 0.1, dropped: 0.0 }
}

#[test]
fn the_slope_of_each_weight_is_what_changing_it_does() {
    let mut random = Random::new(7);
    let (network, text, truth, counts) = (network(), text(&mut random), truth(), counts());
    let mut words = Array2::from_shape_simple_fn((6, 5), || random.normal());
    words.row_mut(net::GAP).fill(0.0);
    let mut layers = network.fresh(&mut random);
    let wrong = |words: &Array2<f32>, layers: &[f32]| {
        network.learn(&text, &truth, words.view(), layers, &counts, &mut Random::new(1)).map_or(f32::NAN, |l| l.0)
    };
    let slopes =
        network.learn(&text, &truth, words.view(), &layers, &counts, &mut Random::new(1)).expect("sentences").1;
    let step = 1e-3;
    let near = |name: String, told: f32, found: f32| {
        assert!((told - found).abs() < 4e-3 + 0.03 * found.abs(), "{name}: told {told}, found {found}");
    };
    for i in 0..layers.len() {
        let kept = layers[i];
        layers[i] = kept + step;
        let more = wrong(&words, &layers);
        layers[i] = kept - step;
        let less = wrong(&words, &layers);
        layers[i] = kept;
        near(format!("weight {i}"), slopes.layers[i], (more - less) / (2.0 * step));
    }
    let mut of_words = Array2::<f32>::zeros(words.dim());
    for (word, slope) in &slopes.words {
        of_words.row_mut(*word).scaled_add(1.0, slope);
    }
    for at in (1..6).flat_map(|w| (0..5).map(move |k| (w, k))) {
        let kept = words[at];
        words[at] = kept + step;
        let more = wrong(&words, &layers);
        words[at] = kept - step;
        let less = wrong(&words, &layers);
        words[at] = kept;
        near(format!("word {at:?}"), of_words[at], (more - less) / (2.0 * step));
    }
}

/// Shares are shares, of every sentence and every question; a text of no sentence has none.
#[test]
fn a_text_is_read_in_shares() {
    let mut random = Random::new(3);
    let network = network();
    let mut text = text(&mut random);
    let words = Array2::from_shape_simple_fn((6, 5), || random.normal());
    let layers = network.fresh(&mut random);
    let read = network.read(&text, words.view(), &layers).expect("sentences");
    assert_eq!((read.labels.dim(), read.speaks.dim()), ((3, 3), (3, 4)));
    assert_eq!(read.answers.iter().map(ndarray::ArrayBase::dim).collect::<Vec<_>>(), [(1, 3), (2, 2)]);
    for row in read.speaks.outer_iter().chain(read.answers.iter().flat_map(|a| a.outer_iter())) {
        assert!((row.sum() - 1.0).abs() < 1e-5, "{row}");
    }
    assert!(read.labels.iter().all(|v| (0.0..=1.0).contains(v)));
    text.sentences.clear();
    assert!(network.read(&text, words.view(), &layers).is_none());
    assert!(network.read(&text, words.view(), &[]).is_none(), "weights of another network are no weights");
}
