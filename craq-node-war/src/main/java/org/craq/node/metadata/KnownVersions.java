package org.craq.node.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Seq;

/**
 * What is known of one file's newest versions. Each step is valid from its mark up to the next step's; from the last
 * step on, the log holds nothing newer. Immutable.
 *
 * @param steps in ascending order of marks, at least one
 */
public record KnownVersions(List<Step> steps) {
    /** Most steps that are kept: enough for the versions between what is durable here and what is committed. */
    static final int MOST = 4;

    private static final int BYTES_OF_STEP = 300;
    private static final int BYTES_OF_CONTENT = 100;

    /** The newest version from this mark on; empty when the file does not exist. */
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
            throw new IllegalArgumentException("at least one step is needed");
        }
    }

    /** Returns what is known of a file with this newest version at a mark, and none above the mark. */
    static KnownVersions at(Seq mark, Optional<FileRecord> newest) {
        return new KnownVersions(List.of(newest.map(Step::of).orElseGet(() -> new Step(mark, Optional.empty()))));
    }

    /** Returns what is known of a file whose newest version was just written. */
    static KnownVersions of(FileRecord newest) {
        return new KnownVersions(List.of(Step.of(newest)));
    }

    /** Returns this with one more version, which is above all known ones. */
    KnownVersions with(FileRecord newer) {
        if (!newer.version().seq().isAfter(steps.get(steps.size() - 1).from())) {
            throw new IllegalArgumentException(newer.version() + " of '" + newer.name() + "' is not new");
        }
        List<Step> all = new ArrayList<>(steps);
        all.add(Step.of(newer));
        return new KnownVersions(all.subList(Math.max(0, all.size() - MOST), all.size()));
    }

    /** Returns the step that is valid at a mark; empty when that is not known. */
    Optional<Step> newest(Seq mark) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (!steps.get(i).from().isAfter(mark)) {
                return Optional.of(steps.get(i));
            }
        }
        return Optional.empty();
    }

    /** Returns approximately how many bytes of memory this takes. */
    int bytes() {
        return steps.stream().mapToInt(Step::bytes).sum();
    }
}
