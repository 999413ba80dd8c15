package org.craq.node.metadata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Seq;

/**
 * What is to be forgotten of a page of the log; looked for as {@link Surplus} is.
 *
 * @param mark up to which is forgotten
 * @param notes of the page, for versions that have been deleted by themselves
 * @param whole files that lose all their rows at or below the mark
 * @param lasts of other files with rows to delete, the last of them
 * @param contents of all those rows
 */
public record Outdated(
        Seq from,
        Seq to,
        Seq mark,
        List<String> notes,
        Set<String> whole,
        Map<String, Long> lasts,
        Set<UUID> contents) {
    public Outdated {
        notes = List.copyOf(notes);
        whole = Set.copyOf(whole);
        lasts = Map.copyOf(lasts);
        contents = Set.copyOf(contents);
    }
}
