package org.craq.manager.routing;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Selects the member that serves a read. */
public enum ReadPolicy {
    /** The tail, which never has to query another member; while it cannot serve, the others in rotation. */
    TAIL_PREFERRED,
    /** All members in rotation. */
    SPREAD;

    /** Returns the policy's name in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Parses what {@link #text} returns.
     *
     * @param property the setting that is named in the error message if the value cannot be used
     */
    public static ReadPolicy parse(String property, String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(property + " is '" + text + "', but must be one of "
                        + Arrays.stream(values()).map(ReadPolicy::text).collect(Collectors.joining(", "))));
    }
}
