package org.craq.node.config;

import java.util.Locale;
import java.util.Optional;
import org.craq.server.Settings;

/** How contents travel over the content port. */
public enum ContentMode {
    /** Encrypted, with TLS. */
    SECURE,
    /** In clear text with checksums, so that the kernel can send them from its page cache; with security on, requests are authenticated. */
    CRC;

    private static final String AUTO = "auto";
    private static final String FORMER = "craq.node.content.clear";

    /**
     * Reads the mode; empty if it follows from the node's addresses.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid, or that exists no more
     */
    static Optional<ContentMode> read(Settings settings, String name) {
        if (settings.text(FORMER).isPresent()) {
            throw new IllegalArgumentException(
                    FORMER + " does not exist any more: remove it, and write " + name
                            + "=crc if the network may see contents. By default they are encrypted now, instead of taking gRPC");
        }
        return switch (settings.text(name, AUTO)) {
            case AUTO -> Optional.empty();
            case "secure" -> Optional.of(SECURE);
            case "crc" -> Optional.of(CRC);
            default ->
                throw new IllegalArgumentException(
                        name + " is '" + settings.text(name, AUTO) + "', but must be auto, secure or crc");
        };
    }

    /** Returns the mode as it is written in settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
