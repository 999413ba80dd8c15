package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.craq.core.chain.Chain;

@Entity
@Table(name = "chain")
class ChainRow {
    @Id
    @Column(name = "chain_id")
    private String chainId;

    @Column(name = "epoch")
    private long epoch;

    /** Starts at 1, like the revision of the first configuration. */
    @Version
    @Column(name = "revision")
    private long revision;

    @Column(name = "horizon")
    private long horizon;

    protected ChainRow() {}

    ChainRow(Chain first) {
        chainId = first.id().value();
        epoch = first.epoch().value();
    }

    String chainId() {
        return chainId;
    }

    long epoch() {
        return epoch;
    }

    long revision() {
        return revision;
    }

    long horizon() {
        return horizon;
    }
}
