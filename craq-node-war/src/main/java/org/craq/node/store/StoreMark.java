package org.craq.node.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.NodeId;

/**
 * What a chunk store's disk has last seen its database know, in a small file beside the segments. A database that knows
 * less at the next start is an older copy.
 *
 * @param history the database's history, as in {@link DatabaseView}
 * @param next a new history that is just being assigned to the database, which may have either one until that is done
 * @param changes number of changes that the database has committed, at least
 * @param written when that was seen, for people
 * @param members the complete members of this node's chains, as far as it last knew
 */
public record StoreMark(UUID history, Optional<UUID> next, long changes, Instant written, Set<NodeId> members) {
    /** The file's name. */
    static final String FILE = "mark";

    private static final String FORMAT = "craq-mark 1";
    private static final String NONE = "-";
    private static final int LINES = 5;

    public StoreMark {
        Objects.requireNonNull(history);
        Objects.requireNonNull(next);
        Objects.requireNonNull(written);
        members = Set.copyOf(members);
    }

    /** Returns true if this mark belongs to a database with that history. */
    boolean names(UUID other) {
        return history.equals(other) || next.equals(Optional.of(other));
    }

    byte[] encode() {
        return CheckedText.encode(
                FORMAT,
                List.of(
                        "history " + history,
                        "next " + next.map(UUID::toString).orElse(NONE),
                        "changes " + changes,
                        "written " + written,
                        "members " + text(members)));
    }

    /** Decodes a mark; empty when the bytes are no mark, or a damaged one. */
    static Optional<StoreMark> decode(byte[] bytes) {
        return CheckedText.decode(FORMAT, bytes)
                .filter(lines -> lines.size() == LINES)
                .flatMap(StoreMark::parse);
    }

    private static Optional<StoreMark> parse(List<String> lines) {
        try {
            String next = value(lines.get(1));
            return Optional.of(new StoreMark(
                    UUID.fromString(value(lines.get(0))),
                    next.equals(NONE) ? Optional.empty() : Optional.of(UUID.fromString(next)),
                    Long.parseLong(value(lines.get(2))),
                    Instant.parse(value(lines.get(3))),
                    nodes(value(lines.get(4)))));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String value(String line) {
        return line.substring(line.indexOf(' ') + 1);
    }

    static String text(Set<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).sorted().collect(Collectors.joining(","));
    }

    /** Parses names separated by commas. */
    static Set<NodeId> nodes(String text) {
        return Stream.of(text.split(","))
                .filter(name -> !name.isEmpty())
                .map(NodeId::new)
                .collect(Collectors.toSet());
    }
}
