
// What differences are summed in.
alias Spread = f32;

// The coordinate that an integer means, to twice the precision.
fn place_of(k: u32, lower: Pair, step: Pair) -> Pair {
    let half = df_two_sum(f32(k & 0xffff0000u), f32(k & 0xffffu) + 0.5);
    return df_add(df_multiply(half, step), lower);
}
