-- Under the locks, before keys are hashed: those that were made or changed until now are among them.
truncate conversao."TbConversaoChave";
insert into conversao."TbConversaoChave" select k."cdApiKey", k."dsKey" from public."TbApiKeys" k;
