package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.craq.core.chain.NodeId;

/**
 * Compares a database with the mark on a node's disk at the start, before the store is opened. An older copy of the
 * database, or a different one, is refused, because readers would lose everything that was acknowledged since, and its
 * sequence numbers would be assigned again. An operator can accept it all the same by a file beside the segments.
 *
 * <p>Steps: {@link #admit}, then the store is opened, then {@link #settle}. After a crash in between, the next start
 * comes to the same result.
 */
public final class DatabaseCheck {
    /** An operator creates this file beside the segments to accept the database that is in place. */
    public static final String ACCEPT = "accept-database";

    private static final Logger LOG = System.getLogger(DatabaseCheck.class.getName());

    private final Disk disk;
    private final List<String> files;
    private final Optional<StoreMark> mark;
    private final boolean damaged;

    /**
     * Reads the mark.
     *
     * @throws IOException when the disk can't be read
     */
    public DatabaseCheck(Disk disk) throws IOException {
        this.disk = disk;
        this.files = disk.list();
        Optional<byte[]> file =
                files.contains(StoreMark.FILE) ? Optional.of(disk.read(StoreMark.FILE)) : Optional.empty();
        this.mark = file.flatMap(StoreMark::decode);
        this.damaged = file.isPresent() && mark.isEmpty();
    }

    /**
     * Decides how far the database can be trusted. Writes nothing.
     *
     * @throws DatabaseRefusedException whose message says what is wrong and what to do
     */
    public Doubt admit(DatabaseView database) {
        Optional<String> wrong = wrong(database);
        if (wrong.isPresent() && !accepts()) {
            throw new DatabaseRefusedException(wrong.get()
                    + ". Nothing on the disk was touched. Put the right database back, and the"
                    + " node continues by itself; or, if that one is lost, create the file " + ACCEPT + " in " + disk
                    + " to continue with this one: what it does not know is then set aside and can't be read");
        }
        wrong.ifPresent(text -> LOG.log(
                Level.WARNING,
                "{0}. The file ''{1}'' accepts it all the same: everything on the disk is set aside",
                text,
                ACCEPT));
        if (!database.holdsLog()) {
            return Doubt.LOST;
        }
        if (wrong.isPresent()) {
            return Doubt.OLD;
        }
        return mark.isPresent() ? Doubt.NONE : Doubt.UNPROVEN;
    }

    /** Returns true if an operator has accepted the database in place. */
    public boolean accepts() {
        return files.contains(ACCEPT);
    }

    private Optional<String> wrong(DatabaseView database) {
        if (damaged) {
            return Optional.of("the file '" + StoreMark.FILE + "' in " + disk
                    + " is damaged, so it can't be verified that the database belongs to this disk");
        }
        if (mark.isEmpty() || !database.holdsLog()) {
            // A node without a log founds no chain with others that have one: it joins as an empty node.
            return Optional.empty();
        }
        StoreMark seen = mark.get();
        if (database.history().filter(seen::names).isEmpty()) {
            return Optional.of("the database is not the one that this node's disk has last seen, at " + seen.written()
                    + ", but a different one, or a copy that has diverged from it");
        }
        boolean older = database.history().equals(Optional.of(seen.history())) && database.changes() < seen.changes();
        return older
                ? Optional.of("the database is older than this node's disk: it knows " + database.changes()
                        + " changes of the node's data, but the disk had seen " + seen.changes() + " by "
                        + seen.written())
                : Optional.empty();
    }

    /** Returns the complete members that this node last knew. */
    public Set<NodeId> members() {
        return mark.map(StoreMark::members).orElse(Set.of());
    }

    /**
     * Makes disk and database name each other from now on: with the name as before if nothing was wrong, otherwise with
     * a new one, so that the former database is not mistaken for this one.
     *
     * @param adopt durably gives the database the name
     * @return the name
     */
    public UUID settle(DatabaseView database, Consumer<UUID> adopt) {
        boolean parted = wrong(database).isPresent()
                || (!database.holdsLog() && mark.isPresent() && mark.get().changes() > 0);
        Optional<UUID> kept = parted ? Optional.empty() : database.history();
        UUID history = kept.orElseGet(UUID::randomUUID);
        try {
            if (kept.isEmpty()) {
                UUID former = mark.map(StoreMark::history).orElse(history);
                long seen = mark.map(StoreMark::changes).orElse(0L);
                write(disk, new StoreMark(former, Optional.of(history), seen, Instant.now(), members()));
                adopt.accept(history);
            }
            write(disk, new StoreMark(history, Optional.empty(), database.changes(), Instant.now(), members()));
            if (accepts()) {
                disk.delete(ACCEPT);
                disk.forceNames();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return history;
    }

    static void write(Disk disk, StoreMark mark) throws IOException {
        disk.replace(StoreMark.FILE, mark.encode());
    }
}
