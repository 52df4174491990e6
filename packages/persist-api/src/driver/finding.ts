/** Something wrong in what a driver keeps beside its documents, as {@link PersistDriver.check} tells it. Plain data. */
export interface Finding {
  /** What sort of trouble, for programs: kebab-case, such as `dangling-index-entry`. */
  readonly kind: string;
  /** Where it is: a key, a path, the name of an object. */
  readonly subject: string;
  /** What is wrong, in plain words; and where no repair mends it, what to do about it. */
  readonly message: string;
  /** `mendable`: a repair mends it without losing data; `mended`: this call did; `left`: nobody but a human can. */
  readonly outcome: 'mendable' | 'mended' | 'left';
}
