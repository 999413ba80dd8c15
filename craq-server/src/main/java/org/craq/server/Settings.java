package org.craq.server;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * Named settings. Each is a system property; the environment variable with the same name in upper case and '_' is the
 * alternative.
 */
public final class Settings {
    private static final int LONGEST_WAIT_MILLIS = 600_000;

    private final UnaryOperator<String> lookup;

    /**
     * Settings from anywhere.
     *
     * @param lookup the value of a name, or null
     */
    public Settings(UnaryOperator<String> lookup) {
        this.lookup = lookup;
    }

    /** System properties first, then the environment. */
    public static Settings ofProcess() {
        return new Settings(name -> Optional.ofNullable(System.getProperty(name))
                .orElseGet(() -> System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_'))));
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(lookup.apply(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    public String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    /**
     * A whole number.
     *
     * @throws IllegalArgumentException naming the setting when it is none, or lies outside the bounds
     */
    public int number(String name, int otherwise, int least, int most) {
        String text = text(name, Integer.toString(otherwise));
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(complaint(name, text, least, most), e);
        }
        throw new IllegalArgumentException(complaint(name, text, least, most));
    }

    /**
     * A number of bytes, 0 or more.
     *
     * @throws IllegalArgumentException naming the setting when it is none
     */
    public OptionalLong bytes(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= 0) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(noBytes(name, text.get()), e);
        }
        throw new IllegalArgumentException(noBytes(name, text.get()));
    }

    /** A time in milliseconds, 1 to 600,000. */
    public Duration millis(String name, int otherwise) {
        return Duration.ofMillis(number(name, otherwise, 1, LONGEST_WAIT_MILLIS));
    }

    private static String noBytes(String name, String text) {
        return name + " is '" + text + "', but must be a number of bytes, 0 or more";
    }

    private static String complaint(String name, String text, int least, int most) {
        return name + " is '" + text + "', but must be a whole number from " + least + " to " + most;
    }
}
