/**
 * Pauses between tries, in milliseconds: each half as long again as the one before, from `first` up to
 * `most`, and each cut at random by up to a half, so that those who collided do not collide again.
 */
export function* pauses(first: number, most: number): Generator<number, never> {
  for (let pause = first; ; pause = Math.min(pause * 1.5, most))
    yield Math.min(pause, most) * (0.5 + Math.random() / 2);
}
