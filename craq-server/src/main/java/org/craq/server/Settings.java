package org.craq.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.craq.wire.tls.PrivateFile;

/**
 * Named settings. Each is a system property or, alternatively, an environment variable with the same name in upper case
 * and '_' for '.'. In place of a value, {@code NAME.file} may name a private file that contains it.
 */
public final class Settings {
    private static final String FILE = ".file";
    private static final int LONGEST_FILE = 64 << 10;
    private static final int LONGEST_WAIT_MILLIS = 600_000;

    private final UnaryOperator<String> lookup;

    /**
     * Creates settings from any source.
     *
     * @param lookup returns the value of a name, or null
     */
    public Settings(UnaryOperator<String> lookup) {
        this.lookup = lookup;
    }

    /** Returns the settings of this process: system properties first, then the environment. */
    public static Settings ofProcess() {
        return new Settings(name -> Optional.ofNullable(System.getProperty(name))
                .orElseGet(() -> System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_'))));
    }

    /**
     * Returns the value of a setting, or the content of the file that {@code NAME.file} names.
     *
     * @throws IllegalArgumentException naming the setting if both are given, or if the file can't be read or is open to others
     */
    public Optional<String> text(String name) {
        Optional<String> value = given(name);
        Optional<String> file = given(name + FILE);
        if (file.isEmpty()) {
            return value;
        }
        if (value.isPresent()) {
            throw new IllegalArgumentException(
                    name + " and " + name + FILE + " are both set; remove one of them, as it is unclear which holds");
        }
        return Optional.of(content(name + FILE, file.get())).filter(text -> !text.isEmpty());
    }

    private Optional<String> given(String name) {
        return Optional.ofNullable(lookup.apply(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static String content(String name, String file) {
        try {
            Path path = Path.of(file);
            PrivateFile.require(path, "the value of a setting");
            if (Files.size(path) > LONGEST_FILE) {
                throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
            }
            return Files.readString(path).strip();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(name + ": there is no file " + file, e);
        } catch (IOException | InvalidPathException e) {
            // The reason names no content: malformed input is told by its length only.
            throw new IllegalArgumentException(name + ": the file can't be used: " + e.getMessage(), e);
        }
    }

    public String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    /**
     * Returns a whole number.
     *
     * @throws IllegalArgumentException naming the setting if it is not a number or out of range
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
     * Returns a number of bytes, 0 or more.
     *
     * @throws IllegalArgumentException naming the setting if it is not such a number
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

    /** Returns a time of 1 to 600,000 milliseconds. */
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
