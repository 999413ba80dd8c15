package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.NamePrefix;

/**
 * One page of a listing: files, and common prefixes of names that contain the delimiter, both in the byte order of names.
 *
 * @param nextCursor empty when this is the last page
 */
public record Listing(List<FileRecord> files, List<String> prefixes, String nextCursor) {
    private static final int LONGEST_DELIMITER = 16;
    /** Rows per query while names are skipped. */
    private static final int FEW = 16;

    public Listing {
        files = List.copyOf(files);
        prefixes = List.copyOf(prefixes);
    }

    /** Supplies files in the order of their names. */
    public interface Source {
        /** Returns the files with the prefix after the given name, at most {@code limit}. */
        List<FileRecord> after(String prefix, String name, int limit);
    }

    /**
     * A request for a page.
     *
     * @param prefix only names that begin with it are listed
     * @param delimiter names that contain it after the prefix are grouped; empty to list every file individually
     * @param after only names after this text are listed
     * @param limit maximum number of files and prefixes together; a page has fewer when their metadata is long
     * @param readable prefixes of the names that may be shown, in order, none of which begins with another; each begins
     *     with {@code prefix}
     */
    public record Question(String prefix, String delimiter, String after, int limit, List<String> readable) {
        /** Asks for all names that begin with the prefix. */
        public Question(String prefix, String delimiter, String after, int limit) {
            this(prefix, delimiter, after, limit, List.of(prefix));
        }

        /**
         * Validates the delimiter.
         *
         * @throws IllegalArgumentException with a message that says what is wrong
         */
        public Question {
            if (delimiter.length() > LONGEST_DELIMITER || delimiter.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the delimiter may have at most " + LONGEST_DELIMITER
                        + " characters and no control characters; usually it is /");
            }
            readable = List.copyOf(readable);
        }

        /** Collects the page. Reads only the first few names of each group, however many it has. */
        Listing answer(Source source) {
            return new Collecting(this).from(source);
        }
    }

    /** Collects one page. */
    private static final class Collecting {
        private final Question question;
        private final List<FileRecord> files = new ArrayList<>();
        private final List<String> prefixes = new ArrayList<>();
        private final PageWeight weight = new PageWeight();
        /** The next query returns names after this text. */
        private String at;

        private String lastCursor = "";

        Collecting(Question question) {
            this.question = question;
            this.at = question.after();
        }

        Listing from(Source source) {
            for (String prefix : question.readable()) {
                if (!NamePrefix.endsBefore(prefix, at) && !take(prefix, source)) {
                    return new Listing(files, prefixes, lastCursor);
                }
            }
            return new Listing(files, prefixes, "");
        }

        /** Takes the names with a prefix; returns false when the page is full. */
        private boolean take(String prefix, Source source) {
            int size = question.delimiter().isEmpty() ? question.limit() + 1 : Math.min(FEW, question.limit() + 1);
            while (true) {
                List<FileRecord> rows = source.after(prefix, at, size);
                boolean passedOver = false;
                for (FileRecord row : rows) {
                    if (inLastGroup(row)) {
                        passedOver = true;
                    } else if (hidden(row)) {
                        at = NamePrefix.last(FileName.OWN);
                        passedOver = true;
                    } else if (files.size() + prefixes.size() == question.limit() || !add(row)) {
                        return false;
                    }
                }
                if (rows.size() < size || NamePrefix.endsBefore(prefix, at)) {
                    return true;
                }
                size = passedOver ? FEW : Math.min(2 * size, question.limit() + 1);
            }
        }

        /** True for the store's own files, unless the prefix asks for exactly those. */
        private boolean hidden(FileRecord row) {
            return row.name().own() && !question.prefix().startsWith(FileName.OWN);
        }

        private boolean inLastGroup(FileRecord row) {
            return !prefixes.isEmpty() && row.name().value().startsWith(prefixes.get(prefixes.size() - 1));
        }

        /** Adds a file or its group and returns true; returns false when the page is full. */
        private boolean add(FileRecord row) {
            Optional<String> group = group(row.name().value());
            if (!group.map(weight::take).orElseGet(() -> weight.take(row))) {
                return false;
            }
            if (group.isPresent()) {
                prefixes.add(group.get());
                at = NamePrefix.last(group.get());
                lastCursor = Cursor.afterGroup(group.get());
            } else {
                files.add(row);
                at = row.name().value();
                lastCursor = Cursor.after(row.name());
            }
            return true;
        }

        private Optional<String> group(String name) {
            int begin = question.prefix().length();
            int end = question.delimiter().isEmpty() ? -1 : name.indexOf(question.delimiter(), begin);
            return end < 0
                    ? Optional.empty()
                    : Optional.of(name.substring(0, end + question.delimiter().length()));
        }
    }
}
