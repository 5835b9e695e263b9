from django.db import migrations, models

# Of a round that was published already: since its first finding was.
FROM_FINDINGS = """
    UPDATE findings_auditround r SET published_at = COALESCE(
        (SELECT min(lower(v.public_during)) FROM findings_findingversion v
         JOIN findings_finding f ON f.id = v.record_id
         JOIN findings_roundaspect a ON a.id = f.round_aspect_id
         WHERE a.round_id = r.id),
        now())
    WHERE status = 'published'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0005_half_written_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditround',
            name='published_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sinds wanneer alles openbaar is'),
        ),
        migrations.RunSQL(FROM_FINDINGS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='auditround',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('status', 'published')), models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', True)), _connector='OR'), name='findings_round_published'),
        ),
    ]
