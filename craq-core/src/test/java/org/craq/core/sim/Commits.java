package org.craq.core.sim;

import java.util.ArrayList;
import java.util.List;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;

/** A record of commits by an omniscient observer: when each entry was first known to be committed by any member. */
final class Commits {
    private final VirtualTime time;
    private final List<Long> since = new ArrayList<>();
    private final List<Version> versions = new ArrayList<>();

    Commits(VirtualTime time) {
        this.time = time;
    }

    /** Records that a member regards everything up to the mark as committed. */
    void committed(Seq mark, Disk disk) {
        for (long seq = since.size() + 1L; seq <= mark.value(); seq++) {
            versions.add(disk.version(new Seq(seq)).orElse(Version.parse("0-" + seq)));
            since.add(time.now());
        }
    }

    Seq last() {
        return new Seq(since.size());
    }

    /** Returns the last entry that was committed by then. */
    Seq lastAt(long moment) {
        int count = since.size();
        while (count > 0 && since.get(count - 1) > moment) {
            count--;
        }
        return new Seq(count);
    }

    /** Returns the committed versions in this range. */
    List<Version> between(Seq above, Seq upTo) {
        return upTo.isAfter(above) ? versions.subList((int) above.value(), (int) upTo.value()) : List.of();
    }
}
