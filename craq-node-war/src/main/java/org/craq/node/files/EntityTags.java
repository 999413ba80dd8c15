package org.craq.node.files;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.core.file.Version;

/**
 * The list of an {@code If-Match} or {@code If-None-Match} header, RFC 9110 section 13.1. A tag that this store never issued is in
 * neither set, so it matches nothing.
 *
 * @param any true when the header is {@code *}
 * @param strong versions that are listed without {@code W/}
 * @param all versions that are listed, with or without {@code W/}
 * @param malformed the first element that is not an entity tag
 */
record EntityTags(boolean any, Set<Version> strong, Set<Version> all, Optional<String> malformed) {
    private static final String ANY = "*";
    /** One element: an entity tag (section 8.8.3), or else all characters up to the next comma. */
    private static final Pattern ELEMENT =
            Pattern.compile("\\s*(?:(W/)?\"([\\x21\\x23-\\x7E\\x80-\\xFF]*)\"|([^,]*))\\s*(?:,|$)");

    EntityTags {
        strong = Set.copyOf(strong);
        all = Set.copyOf(all);
    }

    /** Parses a header; several header lines are passed as one list, separated by commas. */
    static EntityTags parse(String header) {
        if (header.strip().equals(ANY)) {
            return new EntityTags(true, Set.of(), Set.of(), Optional.empty());
        }
        Set<Version> strong = new HashSet<>();
        Set<Version> all = new HashSet<>();
        Optional<String> malformed = header.isBlank() ? Optional.of("nothing") : Optional.empty();
        Matcher matcher = ELEMENT.matcher(header);
        for (int at = 0; at < header.length() && matcher.find(at); at = matcher.end()) {
            Optional<Version> version = Optional.ofNullable(matcher.group(2)).flatMap(EntityTags::version);
            version.ifPresent(all::add);
            if (matcher.group(1) == null) {
                version.ifPresent(strong::add);
            }
            String other = Optional.ofNullable(matcher.group(3)).orElse("").strip();
            if (malformed.isEmpty() && !other.isEmpty()) {
                malformed = Optional.of("'" + other + "'");
            }
        }
        return new EntityTags(false, strong, all, malformed);
    }

    /** Tags are compared character by character, so 01-2 is not the tag of version 1-2. */
    private static Optional<Version> version(String tag) {
        try {
            return Optional.of(Version.parse(tag))
                    .filter(version -> version.toString().equals(tag));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns these tags if the header is well-formed.
     *
     * @throws IllegalArgumentException with a message that names the header
     */
    EntityTags wellFormed(String header) {
        malformed.ifPresent(element -> {
            throw new IllegalArgumentException(
                    header + " must be *, or ETags in double quotes separated by commas; it has " + element);
        });
        return this;
    }
}
