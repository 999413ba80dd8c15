package org.craq.manager.store;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the manager's tables up to date. The history table is the manager's own, since nodes may share the database;
 * for the same reason tables that are already there don't matter.
 */
public final class Schema {
    private final DataSource database;

    public Schema(DataSource database) {
        this.database = database;
    }

    /** Idempotent. */
    public void migrate() {
        ClassLoader deployment = Schema.class.getClassLoader();
        Flyway.configure(deployment)
                .dataSource(database)
                .table("craq_manager_schema")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .validateMigrationNaming(true)
                // Named one by one: servers differ in how a deployment's files can be listed.
                .resourceProvider(new MigrationScripts(deployment, "db/craq-manager/", List.of("V1__membership.sql")))
                .javaMigrationClassProvider(List::of)
                .load()
                .migrate();
    }
}
