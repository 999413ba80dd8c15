package org.craq.client.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds what the members of a chain have against each other: page by page at one commit mark, by digests where these agree and
 * name by name where they don't. What differs is looked at once more at a newer mark, as retention may have come between.
 */
final class ReplicaComparison {
    /** Files in a page. */
    static final int PAGE = 1000;

    /** A page of what one member holds. */
    record Page(int files, String last, String digest, List<Held> rows) {}

    /** A file, and what the member holds of its newest clean version. */
    record Held(String name, String holding) {}

    /** A file that members hold differently; what a member holds nothing of is empty. */
    record Difference(String name, Map<String, String> holdings) {}

    /** What was found. */
    record Result(long mark, long files, List<Difference> differences) {}

    /** The members' pages. */
    interface Members {
        List<String> ids();

        /** The highest mark that every member knows to be clean. */
        long commonMark();

        Page page(String member, long mark, String after, boolean rows);

        /** What a member holds of one file; empty for nothing. */
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

    /** Names up to {@code end}, which is empty on the last page. */
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

    /** Names in the order of their UTF-8 bytes, which is that of their code points. */
    private static int byBytes(String one, String other) {
        return Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
    }
}
