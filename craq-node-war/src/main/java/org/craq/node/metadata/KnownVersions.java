package org.craq.node.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Seq;

/**
 * What is known of one file: from each of some marks on what its newest version is, up to the next of them; from the last one on
 * there is nothing newer in the log. Immutable.
 *
 * @param steps marks ascending, at least one
 */
public record KnownVersions(List<Step> steps) {
    /** Enough for the versions between what is durable here and what is committed. */
    static final int MOST = 4;

    private static final int BYTES_OF_STEP = 300;
    private static final int BYTES_OF_CONTENT = 100;

    /** From this mark on this is the newest version; empty when there is none. */
    public record Step(Seq from, Optional<FileRecord> file) {
        public Step {
            Objects.requireNonNull(from);
            Objects.requireNonNull(file);
        }

        private static Step of(FileRecord file) {
            return new Step(file.version().seq(), Optional.of(file));
        }

        private int bytes() {
            return BYTES_OF_STEP
                    + file.map(record -> 2 * record.contentType().length()
                                    + record.body()
                                            .map(body -> BYTES_OF_CONTENT
                                                    * body.contents().size())
                                            .orElse(0)
                                    + record.userMetadata().entrySet().stream()
                                            .mapToInt(each -> 100
                                                    + 2 * each.getKey().length()
                                                    + 2 * each.getValue().length())
                                            .sum())
                            .orElse(0);
        }
    }

    public KnownVersions {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("nothing is known");
        }
    }

    /** Of a file whose newest version at a mark is this one; there is none above the mark. */
    static KnownVersions at(Seq mark, Optional<FileRecord> newest) {
        return new KnownVersions(List.of(newest.map(Step::of).orElseGet(() -> new Step(mark, Optional.empty()))));
    }

    /** Of a file that this version was just written of. */
    static KnownVersions of(FileRecord newest) {
        return new KnownVersions(List.of(Step.of(newest)));
    }

    /** The same after one more version, which is above all that are known. */
    KnownVersions with(FileRecord newer) {
        if (!newer.version().seq().isAfter(steps.get(steps.size() - 1).from())) {
            throw new IllegalArgumentException(newer.version() + " of '" + newer.name() + "' is not new");
        }
        List<Step> all = new ArrayList<>(steps);
        all.add(Step.of(newer));
        return new KnownVersions(all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    /** What is the newest at a mark; empty when that is not known. */
    Optional<Step> newest(Seq mark) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (!steps.get(i).from().isAfter(mark)) {
                return Optional.of(steps.get(i));
            }
        }
        return Optional.empty();
    }

    /** Memory that it takes, about. */
    int bytes() {
        return steps.stream().mapToInt(Step::bytes).sum();
    }
}
