package org.craq.server.audit;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.craq.server.Settings;

/**
 * What is written to the audit trail, and where.
 *
 * @param keepDays how many days files are kept; 0: for ever
 * @param required whether nothing may be changed while the trail can't be written
 */
public record AuditSettings(Path directory, Reads reads, int keepDays, boolean required) {
    public static final String DIRECTORY = "craq.audit.dir";
    public static final String READS = "craq.audit.reads";
    public static final String KEEP_DAYS = "craq.audit.keep.days";
    public static final String REQUIRED = "craq.audit.required";

    private static final int DEFAULT_KEEP_DAYS = 90;
    private static final int MOST_KEEP_DAYS = 36_500;

    /** Which reads have a line. */
    public enum Reads {
        /** None, also not those that were refused. */
        OFF,
        /** Those that were refused because of the caller. */
        DENIED,
        ALL;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads the settings; empty if there is no trail, as security is off and no directory is set.
     *
     * @param secure whether security is on
     * @param otherwise the directory if none is set
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    public static Optional<AuditSettings> read(Settings settings, boolean secure, Path otherwise) {
        Optional<String> directory = settings.text(DIRECTORY);
        Reads reads = reads(settings.text(READS, Reads.DENIED.word()));
        int keepDays = settings.number(KEEP_DAYS, DEFAULT_KEEP_DAYS, 0, MOST_KEEP_DAYS);
        boolean required = required(settings.text(REQUIRED, "false"));
        if (directory.isEmpty() && !secure) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AuditSettings(
                    directory.map(Path::of).orElse(otherwise).toAbsolutePath(), reads, keepDays, required));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(DIRECTORY + ": " + e.getMessage(), e);
        }
    }

    /** Returns the directory of a server that has no data directory of its own, beside the application server's data. */
    public static Path defaultDirectory(Settings settings) {
        return Path.of(
                settings.text("jboss.server.data.dir")
                        .or(() -> settings.text("com.sun.aas.instanceRoot"))
                        .or(() -> Optional.ofNullable(System.getProperty("user.dir")))
                        .orElse("."),
                "craq-audit");
    }

    private static Reads reads(String text) {
        return Arrays.stream(Reads.values())
                .filter(each -> each.word().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(READS + " is '" + text + "', but must be one of "
                        + Arrays.stream(Reads.values()).map(Reads::word).collect(Collectors.joining(", "))));
    }

    private static boolean required(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(REQUIRED + " is '" + text + "', but must be true or false");
        }
        return text.equals("true");
    }
}
