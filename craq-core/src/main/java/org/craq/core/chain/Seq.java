package org.craq.core.chain;

/**
 * A position in a chain's log: 1, 2, 3, ...; {@link #NONE} lies before the first entry. A mark is also a seq and means
 * "everything up to here".
 */
public record Seq(long value) implements Comparable<Seq> {
    public static final Seq NONE = new Seq(0);

    public Seq {
        if (value < 0) {
            throw new IllegalArgumentException("a seq is not negative: " + value);
        }
    }

    public Seq next() {
        return new Seq(value + 1);
    }

    public boolean isAfter(Seq other) {
        return value > other.value;
    }

    /** Returns true if this seq is at most one above the other. */
    public boolean follows(Seq other) {
        return value - 1 <= other.value;
    }

    public static Seq min(Seq a, Seq b) {
        return a.value <= b.value ? a : b;
    }

    public static Seq max(Seq a, Seq b) {
        return a.value >= b.value ? a : b;
    }

    @Override
    public int compareTo(Seq other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
