package org.craq.core.chain;

import java.util.regex.Pattern;

/** A chain's name: 1 to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit. */
public record ChainId(String value) implements Comparable<ChainId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public ChainId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("chain id '" + value
                    + "' must be 1 to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit");
        }
    }

    @Override
    public int compareTo(ChainId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
