package org.craq.client.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares the files that the members of a chain hold: page by page at one commit mark, by digest where the digests
 * agree and name by name where they don't. Files that differ are compared again at a newer mark, as retention may have
 * run in between.
 */
final class ReplicaComparison {
    /** Number of files in a page. */
    static final int PAGE = 1000;

    /** One page of the files that a member holds. */
    record Page(int files, String last, String digest, List<Held> rows) {}

    /** A file, and a description of what the member holds of its newest clean version. */
    record Held(String name, String holding) {}

    /** A file that members hold differently; the description is empty for a member that holds nothing. */
    record Difference(String name, Map<String, String> holdings) {}

    /** The result of a comparison. */
    record Result(long mark, long files, List<Difference> differences) {}

    /** Access to the members' pages. */
    interface Members {
        List<String> ids();

        /** Returns the highest mark that every member knows to be clean. */
        long commonMark();

        Page page(String member, long mark, String after, boolean rows);

        /** Describes what a member holds of one file; empty if nothing. */
        String holding(String member, long mark, String name);
    }

    private final Members members;

    ReplicaComparison(Members members) {
        this.members = members;
    }

    Result run() {
        long mark = members.commonMark();
        long files = 0;
        List<String> suspects = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            Map<String, Page> pages = pages(mark, after, false);
            boolean equal = pages.values().stream().map(Page::digest).distinct().count() == 1;
            if (!equal) {
                pages = pages(mark, after, true);
            }
            String end = pages.values().stream()
                    .filter(page -> page.files() == PAGE)
                    .map(Page::last)
                    .min(ReplicaComparison::byBytes)
                    .orElse("");
            if (!equal) {
                suspects.addAll(differing(pages, end));
            }
            files += pages.values().stream().mapToInt(Page::files).max().orElse(0);
            more = !end.isEmpty();
            after = end;
        }
        return new Result(mark, files, suspects.isEmpty() ? List.of() : confirmed(suspects));
    }

    private Map<String, Page> pages(long mark, String after, boolean rows) {
        Map<String, Page> pages = new LinkedHashMap<>();
        members.ids().forEach(member -> pages.put(member, members.page(member, mark, after, rows)));
        return pages;
    }

    /** Returns the names that differ, up to {@code end}, which is empty on the last page. */
    private static List<String> differing(Map<String, Page> pages, String end) {
        Map<String, List<String>> holdings = new TreeMap<>(ReplicaComparison::byBytes);
        pages.values().forEach(page -> page.rows()
                .forEach(row -> holdings.computeIfAbsent(row.name(), name -> new ArrayList<>())
                        .add(row.holding())));
        return holdings.entrySet().stream()
                .filter(file -> end.isEmpty() || byBytes(file.getKey(), end) <= 0)
                .filter(file -> file.getValue().size() < pages.size()
                        || file.getValue().stream().distinct().count() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<Difference> confirmed(List<String> suspects) {
        long mark = members.commonMark();
        List<Difference> differences = new ArrayList<>();
        for (String name : suspects) {
            Map<String, String> holdings = new LinkedHashMap<>();
            members.ids().forEach(member -> holdings.put(member, members.holding(member, mark, name)));
            if (holdings.values().stream().distinct().count() > 1) {
                differences.add(new Difference(name, holdings));
            }
        }
        return differences;
    }

    /** Compares names in the order of their UTF-8 bytes, which is that of their code points. */
    private static int byBytes(String one, String other) {
        return Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
    }
}
