package org.craq.core.sim;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;

/**
 * Compares what is left on a member's disk with the whole log: every entry above the forgotten mark, and below it
 * nothing that is not of the log; each file as in the log, deleted ones absent; and the content of the versions that
 * are kept.
 */
final class Remains {
    private final List<FileName> names;
    private final List<Entry> log;
    private final int versions;

    /** Creates a checker for disks on which this many versions of each file are kept; 0 for all. */
    Remains(List<FileName> names, List<Entry> log, int versions) {
        this.names = names;
        this.log = log;
        this.versions = versions > 0 ? versions : Integer.MAX_VALUE;
    }

    /**
     * Checks one member.
     *
     * @throws Violation naming what is wrong
     */
    void check(NodeId member, Disk disk) {
        if (disk.last().value() != log.size()) {
            throw new Violation(member + " ends with " + disk.last() + " instead of " + log.size());
        }
        Set<Seq> left = new HashSet<>();
        for (Entry row : disk.rows()) {
            left.add(row.seq());
            Entry whole = log.get((int) row.seq().value() - 1);
            boolean rest = !row.seq().isAfter(disk.forgotten())
                    && whole.version().equals(row.version())
                    && whole.operations().containsAll(row.operations());
            if (!rest && !whole.equals(row)) {
                throw new Violation(member + " ends with " + row + " where the log has " + whole);
            }
        }
        for (Entry entry : log) {
            if (entry.seq().isAfter(disk.forgotten()) && !left.contains(entry.seq())) {
                throw new Violation(member + " lacks " + entry.version() + " although it has forgotten only up to "
                        + disk.forgotten());
            }
        }
        names.forEach(name -> sameFile(member, disk, name));
        names.forEach(name -> keptContent(member, disk, name));
    }

    /** Checks the content of a file's newest versions, which retention never prunes. */
    private void keptContent(NodeId member, Disk disk, FileName name) {
        disk.versions(name, disk.last()).limit(versions).forEach(entry -> {
            if (!disk.holdsContent(entry.on(name).orElseThrow())) {
                throw new Violation(member + " ends without the content of " + name + " in " + entry);
            }
        });
    }

    private void sameFile(NodeId member, Disk disk, FileName name) {
        Optional<Entry> newest = Optional.empty();
        for (Entry entry : log) {
            newest = entry.on(name).isPresent() ? Optional.of(entry) : newest;
        }
        Optional<Version> expected = visible(newest, name);
        Optional<Version> found = visible(disk.newest(name, disk.last()), name);
        if (found.isPresent() && expected.isEmpty()) {
            throw new Violation(member + " brings " + name + " back, which has been deleted: " + found.get());
        }
        if (!found.equals(expected)) {
            throw new Violation(member + " ends with " + found + " of " + name + " where the log has " + expected);
        }
    }

    private static Optional<Version> visible(Optional<Entry> newest, FileName name) {
        return newest.filter(entry -> entry.on(name).orElseThrow() instanceof Operation.Put)
                .map(Entry::version);
    }
}
