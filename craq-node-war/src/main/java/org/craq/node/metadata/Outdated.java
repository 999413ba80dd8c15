package org.craq.node.metadata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Seq;

/**
 * What can be forgotten of a page of the log. It is determined in a transaction of its own, as
 * {@link RetentionTable.Surplus} is.
 *
 * @param from where the page begins: everything up to here has been forgotten
 * @param to the page's end
 * @param mark rows at or below this mark are forgotten
 * @param notes the page's notes of deleted versions
 * @param whole files that lose all their rows at or below the mark
 * @param lasts for other files with rows to delete, the last version to delete
 * @param contents contents of all those rows
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
