package org.craq.manager.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "rights_version")
class RightsVersionRow {
    static final String RIGHTS = "rights";

    @Id
    @Column(name = "name")
    private String name;

    @Column(name = "version")
    private long version;

    protected RightsVersionRow() {}

    String name() {
        return name;
    }

    long version() {
        return version;
    }
}
