package org.craq.manager.routing;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which of the members that can serve a read gets it. */
public enum ReadPolicy {
    /** The tail, which never has to ask another member for a version; the others in turn while it can't serve. */
    TAIL_PREFERRED,
    /** All members in turn. */
    SPREAD;

    /** As it is written in settings. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The inverse of {@link #text}.
     *
     * @param property named in the complaint about a value that can't be used
     */
    public static ReadPolicy parse(String property, String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(property + " is '" + text + "', but must be one of "
                        + Arrays.stream(values()).map(ReadPolicy::text).collect(Collectors.joining(", "))));
    }
}
