package org.craq.core.chain;

import java.util.regex.Pattern;

/** A node's permanent name: 1 to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit. */
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public NodeId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("node id '" + value
                    + "' must be 1 to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
