from django.db import migrations

from nplv_portal.accounts.sealing import seal_all


def seal_what_there_is(apps, schema_editor):
    seal_all(apps.get_model('mfa', 'Authenticator').objects.using(schema_editor.connection.alias))


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_reminders_and_refused_invitations"),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [migrations.RunPython(seal_what_there_is, migrations.RunPython.noop)]
